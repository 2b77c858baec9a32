# Adds up the sales of a day, which come as arguments.
sum=0
for amount in "$@"; do sum=$((sum + amount)); done
echo "$# sales, $sum $(cat /currency)"
