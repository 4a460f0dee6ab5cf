# A short prompt: the directory, and # for root.
if [ "$(id -u)" = 0 ]; then
  PS1='\w # '
else
  PS1='\w $ '
fi
