"""The problems that reading finds: their ids and what they mean.

They are found where files are read; here is what a person may select, ignore and look up.
"""

from typing import Final

READING: Final = {
    "aws-rejects": "AWS would refuse this; `--lenient` makes it a warning.",
    "doubtful": "Probably not what is meant.",
    "duplicate": "Something is defined twice.",
    "event-pattern-invalid": "EventBridge would refuse the event pattern.",
    "invalid-definition": "A definition says what cannot be honoured.",
    "invalid-value": "A value is none of those that are allowed.",
    "left-out": "A rule or resource is left out: a value that it needs is not given.",
    "local-rule-missing": "local.rules names a rule that there is not.",
    "missing-key": "A key that must be there is not.",
    "no-local-effect": "A value is kept, and has no effect on this machine.",
    "schedule-doubt": "AWS's behaviour is not established; the natural reading is taken.",
    "schedule-invalid": "AWS would refuse the schedule expression.",
    "target-family-missing": "A target names a task definition that no file has.",
    "target-overrides": "RunTask would refuse the overrides, e.g. for a container there is not.",
    "unknown-key": "A key that nobody knows: probably a slip.",
    "unreadable": "A file cannot be had, or is not in the format it seems to be in.",
    "value-missing": "A template asks for a value that is not to be had.",
    "wrong-type": "A value is of the wrong kind, such as text in place of a list.",
}
"""Id to meaning; the severity is that of each problem."""
