"""What a due rule starts: targets, and the RunTask requests they become.

`agenda` and `progress` say which rule is due, `missed` what comes up late; events come to `router`,
which finds the rules they match. Either is an `occasion` for `delivery`, which brings it to the
targets of a rule: to ECS by `invocation` and `attempts`, to all others by `telling`, and from there
by `dispatch` to the `sinks`. `turns`, `overlap`, `supervision` and `task_retry` are no part of AWS:
they do what `local.rules` asks for.
"""
