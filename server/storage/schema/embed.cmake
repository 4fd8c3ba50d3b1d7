# Embeds NNN_name.sql of this folder into a source file whose name is put into STORAGE_SCHEMA_SOURCE. Done when
# configuring, which an edited or added .sql file triggers.
file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.sql)
list(SORT migrations)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${migrations})

set(MIGRATION_ROWS "")
foreach(path IN LISTS migrations)
  get_filename_component(name ${path} NAME_WE)
  if(NOT name MATCHES "^([0-9][0-9][0-9])_[a-z0-9_]+$")
    message(FATAL_ERROR "${path}: migrations are named NNN_name.sql, as in 002_add_owners.sql")
  endif()
  string(REGEX REPLACE "^0+" "" version ${CMAKE_MATCH_1})
  file(READ ${path} sql)
  string(APPEND MIGRATION_ROWS "    {${version}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()

set(STORAGE_SCHEMA_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/storage/schema.cc)
configure_file(${CMAKE_CURRENT_LIST_DIR}/schema.cc.in ${STORAGE_SCHEMA_SOURCE} @ONLY)
