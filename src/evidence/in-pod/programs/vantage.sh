# What listens, for images without python3: the shell cannot ask by HTTP.
for file in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$file" ] && while read -r number local remote state rest; do
    [ "$state" = 0A ] && printf '{"kind":"listen","local":"%s"}\n' "$local"
  done <"$file"
done
printf '{"kind":"end"}\n'
