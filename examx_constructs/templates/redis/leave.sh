#!/bin/sh
# Before a server stops: it waits for its turn, and a leader hands over first. So of all that may restart together, such
# as both StatefulSets after a change, at most one is away at a time, and writes hardly wait.
set -eu
. /etc/redis/operator.sh
. /etc/redis/topology.sh
# What it says is seen in the log of the server.
[ ! -w /proc/1/fd/1 ] || exec >/proc/1/fd/1 2>&1

say() { echo "$(date -u +%H:%M:%S) leaving: $*"; }

case " $core " in *" $self "*) ;; *) exit 0 ;; esac
begun=$(date +%s)
deadline=$((begun + @leave_within))

own_report() {
  read -r _ role following link _ since _ leader _ <<REPORT
$(reports_of "$self")
REPORT
}

# The servers of the core that are in sync with the leader, but for this one.
in_sync() {
  ask -h "$1" INFO replication | sed -n 's/^slave[0-9]*:ip=\([^,]*\),.*state=online,.*lag=[01][^0-9].*/\1/p' |
    while read -r host; do
      [ "$host" != "$self" ] || continue
      case " $core " in *" $host "*) echo "$host" ;; esac
    done
}

# Whether enough stay without this server, and no other has just gone for whom the same was true.
is_its_turn() {
  needed=$minimum_synced
  [ "$1" != "$self" ] || needed=$((needed + 1))
  [ "$(in_sync "$1" | wc -l)" -ge "$needed" ] || return 1
  [ "$(ask -h "$1" SET examx:leaving "$self" NX PX 3000)" = OK ] || return 1
  [ "$(in_sync "$1" | wc -l)" -ge "$needed" ]
}

stay() {
  ask -h "$self" CLIENT UNPAUSE >/dev/null
  ask -h "$self" SET "$leader_key" "$since $(date +%s) $self" >/dev/null
  say "$1"
  return 1
}

# All Sentinels know this leader: while one of them starts anew, the others take longer to agree on the next.
sentinels_are_ready() {
  all=$(ask_sentinels SENTINEL get-master-addr-by-name "$master_name" | awk -v self="$self" 'NF == 3 && $2 == self' | wc -l)
  [ "$all" -eq "$(echo "$sentinels" | wc -w)" ] || [ $(($(date +%s) - begun)) -ge $((@leave_within / 2)) ]
}

hand_over() {
  heirs=$(in_sync "$self")
  [ -n "$heirs" ] || return 1
  # Whoever is promoted need not come back to this one.
  ask -h "$self" SET "$leader_key" "$since $(date +%s) -" >/dev/null
  # From here on writes wait: they are answered with an error when this server ends, and none of them is lost.
  ask -h "$self" CLIENT PAUSE 8000 WRITE >/dev/null
  read_by_all=$(ask -h "$self" INFO replication | tr -d '\r' | sed -n 's/^master_repl_offset://p')
  tries=0
  # Asked themselves: to the leader they tell it once a second.
  while reports_of "$heirs" | awk -v all="$read_by_all" '$5 < all { behind = 1 } END { exit !(behind || !NR) }'; do
    tries=$((tries + 1))
    [ "$tries" -lt 40 ] || { stay "the others do not keep up"; return 1; }
    sleep 0.05
  done
  # The last one that clients would ask: it is the last to tell them of the change.
  backwards=
  for sentinel in $sentinels; do backwards="$sentinel $backwards"; done
  said=
  for sentinel in $backwards; do
    said=$(ask -h "$sentinel" -p 26379 SENTINEL FAILOVER "$master_name" 2>&1) || continue
    [ "$said" != OK ] || break
  done
  [ "$said" = OK ] || { stay "no Sentinel hands over: $said"; return 1; }
  tries=0
  while :; do
    next=$(reports_of "$heirs" | awk -v self="$self" '$1 != self && $2 == "master" { print $1; exit }')
    [ -z "$next" ] || break
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { stay "nobody was promoted"; return 1; }
    sleep 0.05
  done
  # The others follow now, not when the Sentinels get to them, and the new leader takes writes as soon as they do.
  for host in $core; do
    case $host in "$self" | "$next") ;; *) ask -h "$host" REPLICAOF "$next" 6379 >/dev/null 2>&1 & ;; esac
  done
  wait
  new_since=$(later_than "$since")
  tries=0
  until [ "$(named_by_sentinels)" = "$next" ] && { [ -n "${open-}" ] || { open_leader "$next" "$new_since" 0 && open=yes; }; }; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || break
    sleep 0.05
  done
  say "$next leads"
}

while [ "$(date +%s)" -lt "$deadline" ]; do
  role='' following='' link='' since=0 leader=''
  own_report
  if [ "$role" = master ] && [ "$leader" = "$self" ]; then
    if sentinels_are_ready && is_its_turn "$self" && hand_over; then exit 0; fi
  elif [ "$role" = slave ] && [ "$link" = up ]; then
    if is_its_turn "$following"; then exit 0; fi
  else
    # It holds nothing up.
    exit 0
  fi
  sleep 0.5
done
say "nobody could take its place in time"
[ "$role" != master ] || hand_over || true
