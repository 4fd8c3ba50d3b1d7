// How people grow: mergegate me report..., person report, feedback, kudos, appeal, training, recognition.
#ifndef MERGEGATE_CLIENT_CLI_COMMANDS_GROWTH_H_
#define MERGEGATE_CLIENT_CLI_COMMANDS_GROWTH_H_

#include <CLI/CLI.hpp>

#include "client/cli/terminal.h"

namespace mergegate::client {

// Each adds its verbs to `program` or to the verb `me` or `person`. `env` outlives them. report.cc:
void AddMyReport(CLI::App& me, Environment& env);
void AddPersonReport(CLI::App& person, Environment& env);
// feedback.cc:
void AddMyWords(CLI::App& me, Environment& env);
void AddFeedback(CLI::App& program, Environment& env);
void AddKudos(CLI::App& program, Environment& env);
void AddAppeal(CLI::App& program, Environment& env);
// training.cc:
void AddTraining(CLI::App& program, Environment& env);
void AddRecognition(CLI::App& program, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_COMMANDS_GROWTH_H_
