#include "server/wire/renaming.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace mergegate::wire {

std::string Renamed(std::string_view text, const std::string& name, const std::string& pseudonym) {
  if (text == name) return pseudonym;
  if (name.find('@') != std::string::npos) return absl::StrReplaceAll(std::string(text), {{name, pseudonym}});
  return absl::StrReplaceAll(std::string(text), {{absl::StrCat("/", name, "/"), absl::StrCat("/", pseudonym, "/")}});
}

void Rename(const std::string& name, const std::string& pseudonym, google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Rename(name, pseudonym,
               field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                    : *reflection.MutableMessage(&message, field));
      } else if (field->type() == FieldDescriptor::TYPE_STRING && field->is_repeated()) {
        reflection.SetRepeatedString(&message, field, i,
                                     Renamed(reflection.GetRepeatedString(message, field, i), name, pseudonym));
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        reflection.SetString(&message, field, Renamed(reflection.GetString(message, field), name, pseudonym));
      }
    }
  }
}

}  // namespace mergegate::wire
