#include "server/config/policy_file.h"

namespace mergegate::config {

std::string_view PolicyJsonSchema() {
  return R"json({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "mergegate policy",
  "description": "What a change must hold to be merged: .mergegate.yaml in the root of the repository.",
  "type": "object",
  "additionalProperties": false,
  "required": ["version"],
  "properties": {
    "version": {"const": 1, "description": "Version of this format."},
    "analysis": {"$ref": "#/definitions/analysis"},
    "reviewers": {"$ref": "#/definitions/reviewers"},
    "scores": {"$ref": "#/definitions/scores"},
    "conditions": {
      "description": "The requirements. Their order is that of the verdict; names are unique.",
      "type": "array",
      "maxItems": 200,
      "items": {"$ref": "#/definitions/condition"}
    }
  },
  "definitions": {
    "text": {"type": "string", "minLength": 1},
    "globs": {
      "description": "Patterns as in .gitignore: * and ? stay inside a path segment, ** crosses them.",
      "type": "array",
      "items": {"$ref": "#/definitions/text"}
    },
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "count": {"type": "integer", "minimum": 0, "maximum": 2147483647},
    "analysis": {
      "description": "How the change is analyzed.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "checks": {
          "description": "clang-tidy checks (-*,bugprone-*) that replace those of .clang-tidy files.",
          "type": "string", "minLength": 1
        },
        "static_analyzer": {"description": "Run Clang's path-sensitive analyzer too.", "type": "boolean"},
        "tier": {
          "description": "What the gate decides on: matching (clang-tidy's checks, measurements) or full (all; default).",
          "enum": ["matching", "full"]
        },
        "analyzer_steps": {
          "description": "Steps of the path-sensitive analyzer for one function, at both commits; 0 = its default.",
          "type": "integer", "minimum": 0, "maximum": 1000000000
        },
        "header_units": {
          "description": "Units that a run may choose for changed headers; each header gets one in any case. 0 = no bound.",
          "type": "integer", "minimum": 0, "maximum": 1000
        },
        "unit_seconds": {
          "description": "Wall-clock seconds for one translation unit.",
          "type": "integer", "minimum": 1, "maximum": 86400
        },
        "unit_memory_mib": {
          "description": "Memory for one translation unit, MiB.",
          "type": "integer", "minimum": 64, "maximum": 1048576
        },
        "duplication_min_tokens": {
          "description": "Smallest number of equal tokens that is a duplicate.",
          "type": "integer", "minimum": 10, "maximum": 100000
        },
        "require_sandbox": {
          "description": "Refuse workers that cannot isolate the analyzers.",
          "type": "boolean"
        },
        "exclude_paths": {
          "description": "Generated or vendored code: not analyzed, not counted.",
          "allOf": [{"$ref": "#/definitions/globs"}]
        },
        "test_paths": {
          "description": "Where tests are; instead of the usual folders and names.",
          "allOf": [{"$ref": "#/definitions/globs"}]
        }
      }
    },
    "people": {
      "description": "Mails or logins.",
      "type": "array",
      "items": {"$ref": "#/definitions/text"}
    },
    "reviewers": {
      "description": "Who is asked to review, and how.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "count": {
          "description": "At most so many are chosen; owner rules and required people may make it more.",
          "type": "integer", "minimum": 0, "maximum": 20
        },
        "load_weight": {
          "description": "What one open review takes off a person's score.",
          "type": "number", "minimum": 0, "maximum": 1
        },
        "respond_hours": {
          "description": "Working hours until an answer is due.",
          "type": "integer", "minimum": 1, "maximum": 1000
        },
        "required": {"description": "Always asked.", "allOf": [{"$ref": "#/definitions/people"}]},
        "exclude": {"description": "Never asked.", "allOf": [{"$ref": "#/definitions/people"}]},
        "fallback": {
          "description": "Asked when nobody else can be: mail or login.",
          "type": "string", "minLength": 1
        },
        "groups": {
          "description": "Members of the groups that owner rules name, as \"@org/team\": [\"ann\"].",
          "type": "object",
          "additionalProperties": {"$ref": "#/definitions/people"}
        }
      }
    },
    "metrics": {
      "description": "A number for some of the metrics.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "E": {"type": "number", "minimum": 0, "maximum": 1.3}, "Q": {"type": "number", "minimum": 0, "maximum": 1.3},
        "T": {"type": "number", "minimum": 0, "maximum": 1.3}, "K": {"type": "number", "minimum": 0, "maximum": 1.3},
        "C": {"type": "number", "minimum": 0, "maximum": 1.3}
      }
    },
    "scores": {
      "description": "How E, Q, T, K and C are joined to M. They are shown, never gated on.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "weights": {
          "description": "Weights of M; they sum to 1.3. Those not named are 0.5, 0.3, 0.2, 0.1 and 0.2.",
          "allOf": [{"$ref": "#/definitions/metrics"}]
        },
        "sub_indices": {
          "description": "Relative weights of sub-indices in their metric; 0 turns one off.",
          "type": "object",
          "propertyNames": {
            "enum": ["first_review", "merge_time", "reviewed", "rounds", "threads", "size", "balance",
                     "task_time", "merged_quality", "clean_merges", "survival", "training", "recurrence",
                     "knowers", "addressed", "exchange", "breadth", "reciprocity", "cross_team", "events",
                     "kudos", "pulse"]
          },
          "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 100}
        },
        "adapt": {
          "description": "A metric under its target gains weight in M, the others give it.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "mode": {
              "description": "off, propose (a new version waits for approval; default) or auto.",
              "enum": ["off", "propose", "auto"]
            },
            "targets": {"description": "0.6 each when absent.", "allOf": [{"$ref": "#/definitions/metrics"}]},
            "margin": {"description": "So far under its target a metric is weak.", "allOf": [{"$ref": "#/definitions/share"}]},
            "gain": {"description": "Of its weight that a weak metric gains.", "allOf": [{"$ref": "#/definitions/share"}]},
            "most": {"description": "Of its weight that any metric gains or loses at most.", "allOf": [{"$ref": "#/definitions/share"}]},
            "dwell_days": {"description": "Days between two versions.", "type": "integer", "minimum": 1, "maximum": 3650}
          }
        }
      }
    },
    "condition": {
      "type": "object",
      "required": ["name", "kind"],
      "additionalProperties": false,
      "properties": {
        "name": {"description": "Name shown in verdicts, unique in the policy.", "type": "string", "minLength": 1},
        "kind": {
          "description": "What the condition looks at.",
          "enum": ["findings", "q", "complexity", "duplication", "size", "analysis_coverage", "suppressions_added",
                   "required_reports", "approvals", "owners", "test_coverage"]
        },
        "level": {
          "description": "block (default) decides the verdict, warn is only shown.",
          "enum": ["block", "warn"]
        },
        "max": {"description": "Upper bound, inclusive. A share (0 to 1) for duplication.", "type": "number"},
        "min": {"description": "Lower bound, inclusive: from 0 to 1, for approvals from 0 to 100.", "type": "number"},
        "severity": {
          "description": "Findings of at least this severity count; major when absent.",
          "enum": ["info", "minor", "major", "critical", "blocker"]
        },
        "states": {
          "description": "Relation to the base commit of the findings that count; new and caused when absent.",
          "type": "array", "minItems": 1, "uniqueItems": true,
          "items": {"enum": ["new", "caused", "unchanged", "fixed"]}
        },
        "checks": {
          "description": "Only findings of checks that match one of these patterns count.",
          "allOf": [{"$ref": "#/definitions/globs"}]
        },
        "paths": {
          "description": "Only findings in paths that match one of these patterns count.",
          "allOf": [{"$ref": "#/definitions/globs"}]
        },
        "exclude_paths": {
          "description": "Findings in paths that match one of these patterns do not count.",
          "allOf": [{"$ref": "#/definitions/globs"}]
        },
        "tools": {
          "description": "Tools whose SARIF reports must arrive with the change.",
          "type": "array", "minItems": 1,
          "items": {"$ref": "#/definitions/text"}
        },
        "applies_when": {
          "description": "When the condition applies; all parts must hold.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "paths": {
              "description": "Some changed path matches one of these patterns.",
              "allOf": [{"$ref": "#/definitions/globs"}]
            },
            "min_lines_added": {
              "description": "At least so many lines are added.",
              "allOf": [{"$ref": "#/definitions/count"}]
            }
          }
        },
        "override_roles": {
          "description": "Roles that may override the condition; nobody when absent.",
          "type": "array",
          "items": {"$ref": "#/definitions/text"}
        }
      },
      "oneOf": [
        {
          "properties": {
            "kind": {"const": "findings"}, "max": {"$ref": "#/definitions/count"}, "min": false, "tools": false
          },
          "required": ["max"]
        },
        {
          "properties": {
            "kind": {"enum": ["complexity", "size", "suppressions_added"]},
            "max": {"$ref": "#/definitions/count"}, "min": false, "tools": false, "severity": false,
            "states": false, "checks": false, "paths": false, "exclude_paths": false
          },
          "required": ["max"]
        },
        {
          "properties": {
            "kind": {"const": "duplication"}, "max": {"$ref": "#/definitions/share"}, "min": false, "tools": false,
            "severity": false, "states": false, "checks": false, "paths": false, "exclude_paths": false
          },
          "required": ["max"]
        },
        {
          "properties": {
            "kind": {"enum": ["q", "analysis_coverage", "test_coverage"]},
            "min": {"$ref": "#/definitions/share"}, "max": false, "tools": false, "severity": false,
            "states": false, "checks": false, "paths": false, "exclude_paths": false
          },
          "required": ["min"]
        },
        {
          "properties": {
            "kind": {"const": "required_reports"}, "min": false, "max": false, "severity": false,
            "states": false, "checks": false, "paths": false, "exclude_paths": false
          },
          "required": ["tools"]
        },
        {
          "properties": {
            "kind": {"const": "approvals"},
            "min": {"type": "integer", "minimum": 0, "maximum": 100}, "max": false, "tools": false,
            "severity": false, "states": false, "checks": false, "paths": false, "exclude_paths": false
          },
          "required": ["min"]
        },
        {
          "properties": {
            "kind": {"const": "owners"}, "min": false, "max": false, "tools": false,
            "severity": false, "states": false, "checks": false, "paths": false, "exclude_paths": false
          }
        }
      ]
    }
  }
}
)json";
}

}  // namespace mergegate::config
