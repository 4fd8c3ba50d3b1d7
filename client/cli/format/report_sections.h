// A report's content as sections of plain lines, which text and Markdown dress differently. Pure. Nothing is escaped.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_REPORT_SECTIONS_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_REPORT_SECTIONS_H_

#include <string>
#include <vector>

#include "mergegate/v1/growth.pb.h"

namespace mergegate::client {

struct ReportSection {
  std::string title = {};
  std::vector<std::vector<std::string>> table = {};  // the first row heads it; empty: none
  std::vector<std::string> lines = {};               // an item each
};

// "Report of ann@example.org, 2026-08-29 to 2026-11-27".
std::string ReportTitle(const v1::Report& report);
// For whom it is and what it is compared with.
std::string ReportPreface(const v1::Report& report);
std::vector<ReportSection> ReportSections(const v1::Report& report);

// "4.0 h", "71 %", "3.2"; in the figure's unit.
std::string FigureText(v1::FigureUnit unit, double value);
using Titles = google::protobuf::Map<std::string, std::string>;
// "pr-7 of db" of "projects/db/reviews/pr-7"; with its title, where that is known: "pr-7 of db \"Faster Get\"".
std::string ChangeName(const std::string& name, const Titles& titles);
// The title as it stands behind a name; empty when it is not known.
std::string TitleBehind(const std::string& name, const Titles& titles);
// "Ownership in depth (coursera, 6 h) https://..."
std::string CourseLine(const v1::Course& course);
// "2026-11-27".
std::string DayOf(const google::protobuf::Timestamp& time);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_REPORT_SECTIONS_H_
