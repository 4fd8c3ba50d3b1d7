// Appraisals, plans, grants, appeals, feedback and recognition as text, and a report as Markdown. Pure.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_GROWTH_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_GROWTH_H_

#include <string>

#include "client/cli/format/layout.h"
#include "mergegate/v1/growth_service.pb.h"

namespace mergegate::client {

std::string FormatReport(const v1::Report& report, const TextStyle& style);
// For a wiki or a mail; nothing of it is markup that a name or text could have put there.
std::string FormatReportMarkdown(const v1::Report& report);

std::string FormatPlan(const v1::Plan& plan, const TextStyle& style);
std::string FormatGrants(const v1::ListGrantsResponse& grants, const TextStyle& style);
std::string FormatFeedback(const v1::ListFeedbackResponse& feedback, const TextStyle& style);
std::string FormatAppeal(const v1::Appeal& appeal, const TextStyle& style);
std::string FormatCourse(const v1::Course& course, const TextStyle& style);
std::string FormatRecognition(const v1::Recognition& recognition, const TextStyle& style);
std::string FormatRecognized(const v1::ListRecognizedResponse& people, const TextStyle& style);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_GROWTH_H_
