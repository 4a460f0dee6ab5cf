# Shared by the programs in this folder; read, not run.

header() {
  printf 'Content-Type: %s; charset=utf-8\r\n\r\n' "$1"
}

page_start() {
  sed "s|{{title}}|$1|g" /app/templates/page-start.html
}

page_end() {
  cat /app/templates/page-end.html
}

not_found() {
  printf 'Status: 404 Not Found\r\n'
  header "text/plain"
  echo "There is no such station."
  exit 0
}
