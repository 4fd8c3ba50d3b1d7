// The command line's composition root, no logic. The verbs are listed in client/cli/program.cc.
#include <string>
#include <vector>

#include "client/cli/program.h"
#include "client/cli/terminal.h"

int main(int argc, char** argv) {
  mergegate::client::CatchInterrupts();
  mergegate::client::Environment env = mergegate::client::ProcessEnvironment();
  return mergegate::client::RunProgram(std::vector<std::string>(argv + 1, argv + argc), env);
}
