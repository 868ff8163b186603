# Sourced by the scripts of servers and Sentinels: who is the primary?
master_name=@master_name
first_primary=@first_primary
servers="@servers"
sentinels="@sentinels"
pod=$(hostname)
self=$pod.$GOVERNING_SERVICE

# A pod that is gone must not hold up this one.
ask="timeout 3 redis-cli --raw"

# What the first Sentinel says that answers. They have no password, and refuse whoever gives one.
ask_sentinels() (
  unset REDISCLI_AUTH
  for sentinel in $sentinels; do
    [ "$sentinel" != "$self" ] || continue
    answer=$($ask -h "$sentinel" -p 26379 SENTINEL get-master-addr-by-name "$master_name" 2>/dev/null) || continue
    case $answer in
      "" | *ERR*) ;;
      *) echo "$answer" | head -n 1; break ;;
    esac
  done
)

# What the first server says that answers: it is the primary, or it follows it.
ask_servers() {
  for server in $servers; do
    [ "$server" != "$self" ] || continue
    answer=$($ask -h "$server" ROLE 2>/dev/null) || continue
    case $answer in
      master*) echo "$server"; break ;;
      slave*) echo "$answer" | sed -n 2p; break ;;
    esac
  done
}

# Sentinels decide. Should all of them have restarted at once, the servers still know whom they chose last. Before there
# is anything, it is the first primary.
current_primary() {
  primary=$(ask_sentinels)
  primary=${primary:-$(ask_servers)}
  echo "${primary:-$first_primary}"
}

# Whether another server holds data, or is still loading some.
is_data_elsewhere() {
  for server in $servers; do
    [ "$server" != "$self" ] || continue
    case $($ask -h "$server" DBSIZE 2>/dev/null) in
      [1-9]* | LOADING*) return 0 ;;
    esac
  done
  return 1
}
