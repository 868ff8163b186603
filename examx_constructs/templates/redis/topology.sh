# Sourced by the scripts of servers and Sentinels: who is the primary?
master_name=@master_name
first_primary=@first_primary
sentinels="@sentinels"
self=$(hostname).$GOVERNING_SERVICE

# Asks the Sentinels, the others first known to answer. They speak without a password.
ask_sentinels() {
  for sentinel in $sentinels; do
    [ "$sentinel" = "$self" ] && continue
    answer=$(REDISCLI_AUTH='' timeout 3 redis-cli -h "$sentinel" -p 26379 --raw SENTINEL "$1" "$master_name" 2>/dev/null) || continue
    case $answer in
      "" | *ERR* | *IDONTKNOW*) continue ;;
    esac
    echo "$answer"
    return 0
  done
  return 1
}

current_primary() {
  ask_sentinels get-master-addr-by-name | head -n 1
}
