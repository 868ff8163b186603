# shellcheck shell=bash
# The `redis-cli` of the scripts, which no Python package brings: as much of it as they use. They call it several times a
# second for each server, so it starts in 2 ms: Python takes 12. Only bash can open a connection without a program.
LC_ALL=C # Lengths are of bytes.
host=127.0.0.1 port=6379 user=default
end=$'\r\n'

while [[ ${1-} == -* ]]; do
  case $1 in
    --raw) shift; continue ;;
    -h) host=$2 ;;
    -p) port=$2 ;;
    --user) user=$2 ;;
    *) echo "this stand-in for redis-cli has no option $1" >&2; exit 2 ;;
  esac
  shift 2
done

send() {
  local request="*$#$end" word
  for word in "$@"; do request+="\$${#word}$end$word$end"; done
  # At once: printf would write each line by itself.
  echo -n "$request" >&3 || lost
}

lost() {
  echo "no answer from $host:$port" >&2
  exit 1
}

# The next reply, into $reply, as `redis-cli --raw` prints it.
receive() {
  local line left all
  IFS= read -r -t 5 -u 3 line || lost
  line=${line%$'\r'}
  case $line in
    '$-1' | '*-1' | '*0') reply='' ;;
    '$'*)
      IFS= read -r -t 5 -u 3 -N $((${line:1} + 2)) reply || lost
      reply=${reply%"$end"}
      ;;
    '*'*)
      receive
      all=$reply
      for ((left = ${line:1}; left > 1; left--)); do
        receive
        all+=$'\n'$reply
      done
      reply=$all
      ;;
    [-+:]*) reply=${line:1} ;;
    *) lost ;;
  esac
}

exec 3<>"/dev/tcp/$host/$port" || lost
if [[ ${REDISCLI_AUTH+given} ]]; then
  # Where it is refused, `redis-cli` goes on too, and the command tells what is wrong.
  send AUTH "$user" "$REDISCLI_AUTH"
  receive
fi
if (($#)); then
  send "$@"
  receive
  echo -E "$reply"
else
  # Without a command it reads some, a line each.
  while read -r -a words; do
    send "${words[@]}"
    receive
    echo -E "$reply"
  done
fi
