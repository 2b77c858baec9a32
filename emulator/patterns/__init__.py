"""EventBridge's pattern language as pure values: which events a rule matches."""

from emulator.patterns.index import PatternIndex
from emulator.patterns.pattern import EventPattern, EventPatternError, parse_pattern, read_pattern

__all__ = ["EventPattern", "EventPatternError", "PatternIndex", "parse_pattern", "read_pattern"]
