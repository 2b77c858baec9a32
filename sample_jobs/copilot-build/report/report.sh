# Writes the report of the day.
echo "$TITLE"
seq 1 10 | awk '{ sum += $1 } END { print "合計 " sum }'
