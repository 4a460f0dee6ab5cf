#!/bin/sh
# The tides of today, from the table of the year.
. /app/cgi/lib.sh

day=$(date +%Y-%m-%d)
header "text/html"
page_start "Today at ${TIDE_STATION:-harbour}"
grep "^$day" /app/data/tides-2025.csv | while IFS=, read -r time height; do
  printf '<tr><td>%s</td><td>%s m</td></tr>\n' "${time#*T}" "$height"
done
page_end
