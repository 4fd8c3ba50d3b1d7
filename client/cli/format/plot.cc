#include "client/cli/format/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace mergegate::client {
namespace {

// Braille: bits of the eight dots, by row and column.
constexpr int kDots[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

std::string Braille(int dots) {
  const int code = 0x2800 + dots;
  return {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
          static_cast<char>(0x80 | (code & 0x3f))};
}

// Dots of a grid, from the top left.
class Canvas {
 public:
  Canvas(int width, int height) : width_(width), height_(height), dots_(static_cast<size_t>(width * height)) {}
  void Set(int x, int y) {
    if (x >= 0 && x < width_ && y >= 0 && y < height_) dots_[static_cast<size_t>(y * width_ + x)] = true;
  }
  bool At(int x, int y) const { return dots_[static_cast<size_t>(y * width_ + x)]; }
  void Line(int x0, int y0, int x1, int y1) {
    const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
    for (int i = 0; i <= steps; ++i) {
      Set(x0 + static_cast<int>(std::lround(static_cast<double>(x1 - x0) * i / steps)),
          y0 + static_cast<int>(std::lround(static_cast<double>(y1 - y0) * i / steps)));
    }
  }

 private:
  int width_, height_;
  std::vector<bool> dots_;
};

}  // namespace

std::vector<std::string> Plot(const PlotInput& input) {
  const int across = input.unicode ? 2 : 1, down = input.unicode ? 4 : 1;
  const int width = input.columns * across, height = input.rows * down;
  Canvas canvas(width, height);
  const auto x_of = [&](size_t i) {
    const size_t last = std::max<size_t>(1, input.values.size() - 1);
    return static_cast<int>(std::lround(static_cast<double>(i) * (width - 1) / static_cast<double>(last)));
  };
  const auto y_of = [&](double value) {
    const double share = std::clamp((value - input.low) / (input.high - input.low), 0.0, 1.0);
    return static_cast<int>(std::lround((1 - share) * (height - 1)));
  };
  for (size_t i = 0; i < input.values.size(); ++i) {
    if (!input.values[i]) continue;
    canvas.Set(x_of(i), y_of(*input.values[i]));
    if (i > 0 && input.values[i - 1])
      canvas.Line(x_of(i - 1), y_of(*input.values[i - 1]), x_of(i), y_of(*input.values[i]));
  }
  std::vector<std::string> rows;
  for (int row = 0; row < input.rows; ++row) {
    std::string& line = rows.emplace_back();
    for (int column = 0; column < input.columns; ++column) {
      if (!input.unicode) {
        line += canvas.At(column, row) ? '*' : ' ';
        continue;
      }
      int dots = 0;
      for (int y = 0; y < down; ++y) {
        for (int x = 0; x < across; ++x) {
          if (canvas.At(column * across + x, row * down + y)) dots |= kDots[y][x];
        }
      }
      line += dots == 0 ? " " : Braille(dots);
    }
  }
  return rows;
}

std::string Sparkline(std::span<const std::optional<double>> values, double low, double high, bool unicode) {
  constexpr std::array<std::string_view, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<std::string_view, 8> kMarks = {"_", ".", ":", "-", "=", "+", "*", "#"};
  std::string line;
  for (const std::optional<double>& value : values) {
    if (!value) {
      line += ' ';
      continue;
    }
    const double share = std::clamp((*value - low) / (high - low), 0.0, 1.0);
    const auto level = static_cast<size_t>(std::min(7.0, std::floor(share * 8)));
    line += unicode ? kBlocks[level] : kMarks[level];
  }
  return line;
}

}  // namespace mergegate::client
