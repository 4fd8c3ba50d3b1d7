// Reviews for people: inbox, one review, its diff, who knows what, who has time. Everything that others wrote is
// escaped; texts fit `style.width` columns. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_REVIEWS_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_REVIEWS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/format/layout.h"
#include "mergegate/v1/review_service.pb.h"

namespace mergegate::client {

// "now", "5 min", "3 h", "2 d": between two moments, seconds since 1970.
std::string Age(int64_t from, int64_t now);

// True when it is the turn of `person` (mail or login, any case).
bool IsTurnOf(const v1::Review& review, std::string_view person);

// `me`'s turns first, then what waits for others.
std::string FormatInbox(const std::vector<v1::Review>& reviews, std::string_view me, int64_t now,
                        const TextStyle& style);

// Where it stands: reviewers, whose turn, what was lost; with `events` also how it came to that.
std::string FormatReview(const v1::Review& review, const std::vector<v1::ReviewEvent>& events, int64_t now,
                         const TextStyle& style);

// What `review` says in three lines, after an answer.
std::string FormatAnswered(const v1::Review& review, const TextStyle& style);

// The lines with the findings below them.
std::string FormatReviewDiff(const v1::GetReviewDiffResponse& diff, const TextStyle& style);

std::string FormatExperts(const v1::FindExpertsResponse& found, int64_t now, const TextStyle& style);
std::string FormatLoad(const v1::GetLoadResponse& load, int64_t now, const TextStyle& style);
std::string FormatAvailability(const v1::Availability& availability, const TextStyle& style);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_REVIEWS_H_
