// ARGS: -std=c++20
// FAILURE: PARSE_ERROR '/etc/passwd' file not found
// CHECKS: -*,bugprone-use-after-move
const unsigned char kSecret[] = {
#embed "/etc/passwd"
};
