// Lines drawn with characters: Braille dots (two by four to a character) where the terminal has them, else ASCII.
//
//   out << Plot({.values = {0.2, std::nullopt, 0.7}, .low = 0, .high = 1, .columns = 60, .rows = 8, .unicode = true});
//
// Pure.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_PLOT_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_PLOT_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergegate::client {

struct PlotInput {
  std::vector<std::optional<double>> values = {};  // evenly spaced; a gap where there is none
  double low = 0;                                  // of the axis
  double high = 1;                                 // > low
  int columns = 60;                                // of the drawing, without labels
  int rows = 8;
  bool unicode = true;
};

// Rows from the top, without labels and line ends, each `columns` wide.
std::vector<std::string> Plot(const PlotInput& input);

// One row of blocks, a character for each value; ' ' for gaps.
std::string Sparkline(std::span<const std::optional<double>> values, double low, double high, bool unicode);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_PLOT_H_
