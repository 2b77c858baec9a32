"""What a due rule starts: targets, and the RunTask requests they become."""
