#!/bin/sh
# Keeps the server of this pod in its place, once a second: it leads, or it follows the leader. Sentinels replace a
# leader that is lost. Where they cannot, as after all pods have stopped, the servers of the core choose the one with
# the newest data, once so many of them are there that none that is missing can have newer ones.
set -eu
umask 077
. /etc/redis/operator.sh
. /etc/redis/users.sh
. /etc/redis/topology.sh
. /etc/redis/outgoing.sh
. /etc/redis/keep-passwords.sh
trap 'exit 0' TERM INT

mine() { ask_here "$@@"; }
# Asked each time: a server whose container has started again, and one that another hands over to, has other values.
require() { [ "$(mine CONFIG GET "$1" | tail -n 1)" = "$2" ] || mine CONFIG SET "$1" "$2" >/dev/null; }
say() { echo "$(date -u +%H:%M:%S) $*"; }

case " $core " in *" $self "*) is_core=yes ;; *) is_core= ;; esac
# The order of preference: the lowest priority is promoted first.
priority=0
for each in $core; do
  priority=$((priority + 1))
  [ "$each" != "$self" ] || break
done

behind=0 disputed=0 without_leader=0 unheard=0 asked_to_fail_over=0

close() { require min-replicas-to-write "$closed"; }

be_promotable() { [ -z "$is_core" ] || require replica-priority "$1"; }

follow_host() {
  [ "$following" != "$1" ] || return 0
  say "follows $1"
  mine REPLICAOF "$1" 6379 >/dev/null || true
}

# Of the reports of the core: those with data that are newer than this server's own.
newer_than_mine() {
  echo "$reports" | awk -v self="$self" -v g="$since" -v b="$written" -v o="$read" '
    NF && $1 != self && ($6 > g || $6 == g && ($7 > b || $7 == b && $5 > o && $2 == "slave" && $4 == "up"))'
}

lead() {
  step_down && return
  if [ "$leader" != "$self" ]; then
    back_to_the_leader && return
    [ "$synced" -ge "$minimum_synced" ] || return 0
    lead_anew || return 0
    say "leads since $since"
    return
  fi
  # Other replicas do not count: what they alone have, the core would lose.
  require min-replicas-to-write $((minimum_synced + others))
  mine SET "$leader_key" "$since $(date +%s) $self" >/dev/null || true
  if [ -z "$named" ] || [ "$named" = "$self" ]; then disputed=0; else disputed=$((disputed + 1)); fi
  # A moment after a change the Sentinels may only not have heard of it yet.
  [ "$disputed" -lt 3 ] || [ "$synced" -lt "$minimum_synced" ] || correct_sentinels
}

lead_anew() {
  since=$(later_than "$since")
  open_leader "$self" "$since" "$others"
}

# Follow another that leads since a later time.
step_down() {
  later=$(echo "$reports" | leader_of | awk -v self="$self" -v since="$since" '$1 != self && $6 > since { print $1 }')
  [ -n "$later" ] || return 1
  close
  follow_host "$later"
}

# Sentinels promote another when they are cut off from the leader, even if all others are not. While it is there, and
# has gone on, it is the one that leads.
back_to_the_leader() {
  there=$(echo "$reports" | awk -v host="$leader" -v b="$written" '$1 == host && $2 == "master" && $8 == host && $7 >= b')
  [ -n "$there" ] || return 1
  say "was promoted, but $leader leads"
  follow_host "$leader"
}

# Sentinels that follow another, chosen without the servers or before them, start again, and ask who leads. It leads
# anew for them, since a time that is later than theirs.
correct_sentinels() {
  disputed=0
  lead_anew || return 0
  say "the Sentinels take $named for the leader: leads anew since $since"
  ask_sentinels SENTINEL get-master-addr-by-name "$master_name" |
    awk -v self="$self" 'NF == 3 && $2 != self { print $1 }' |
    while read -r sentinel; do
      ask -h "$sentinel" -p 26379 SHUTDOWN >/dev/null 2>&1 || true
    done
}

follow() {
  close
  if is_led || finds_a_leader; then
    without_leader=0
    return
  fi
  [ -n "$is_core" ] || return 0
  if [ "$named" = "$self" ]; then
    lead_again
  fi
  without_leader=$((without_leader + 1))
  # Sentinels come first, as long as they are there: they need some 20 s.
  [ "$without_leader" -ge "$([ -n "$named" ] && echo 40 || echo 3)" ] || return 0
  elect
}

# Whoever is linked is led, except where it follows one that follows as well, and nobody leads. So it is with servers that
# follow each other: Sentinels let an old leader follow whom they promote, while that one goes back to the old leader.
is_led() {
  [ "$link" = up ] || return 1
  behind=0
  be_promotable "$priority"
  # Whom it follows may have lost the lead without a word, or never had it. A handover is ahead of the Sentinels.
  better=$(echo "$reports" | awk -v host="$named" -v mine="$following" -v since="$since" '
    $1 == mine { leads = $2 == "master" }
    $1 == host && $2 == "master" { later = $6 > since; found = 1 }
    END { if (found && (later || !leads)) print host }')
  [ -z "$better" ] || follow_host "$better"
  echo "$reports" | awk -v host="$following" '
    $2 == "master" { led = 1 }
    $1 == host && $2 == "slave" { follows = 1 }
    END { exit !(led || !follows) }'
}

finds_a_leader() {
  # A copy that another server has a newer one of must not be promoted. Looked at twice: not all were asked at once.
  if [ -n "$(newer_than_mine)" ]; then behind=$((behind + 1)); else behind=0; fi
  [ "$behind" -lt 2 ] || be_promotable 0
  if [ -n "$named" ] && [ "$named" != "$self" ] && follow_if_it_leads "$named"; then return 0; fi
  known=$(echo "$reports" | leader_of | awk '{ print $1, $6 }')
  [ -n "$known" ] && [ "${known#* }" -ge "$since" ] && [ "${known% *}" != "$self" ] || return 1
  follow_host "${known% *}"
}

follow_if_it_leads() {
  echo "$reports" | awk -v host="$1" '$1 == host && $2 == "master" { found = 1 } END { exit !found }' || return 1
  follow_host "$1"
}

# The Sentinels have chosen this server, and it was only away for a moment.
lead_again() {
  if [ "$since" -gt 0 ] && [ -z "$(newer_than_mine)" ]; then
    say "leads again"
    mine REPLICAOF NO ONE >/dev/null
  elif [ $(($(date +%s) - asked_to_fail_over)) -ge 5 ]; then
    # It lost data, or the last moment of it: another has more.
    say "asks the Sentinels for another leader: $(
      for sentinel in $sentinels; do
        ask -h "$sentinel" -p 26379 SENTINEL FAILOVER "$master_name" 2>&1 && break
      done
    )"
    asked_to_fail_over=$(date +%s)
  fi
}

# Whoever has the newest data leads: of the last leader, written last; of several, the one that was chosen already, that
# last leader itself, the one that has read furthest. Each server gives its vote by following; one that has no data
# proves nothing, unless none has any.
elect() {
  best=$(echo "$reports" | awk -v order="$core" '
    BEGIN { n = split(order, hosts, " "); for (i = 1; i <= n; i++) place[hosts[i]] = i }
    NF { print $1, $6, $7, ($2 == "master"), ($1 == $8), ($6 ? $5 : 0), place[$1] }' |
    sort -k2,2nr -k3,3nr -k4,4nr -k5,5nr -k6,6nr -k7,7n | head -n 1)
  [ -n "$best" ] || return 0
  newest=$(echo "$best" | cut -d ' ' -f 2)
  # A new Redis waits a little for all of its servers, so that the preferred one leads.
  [ "$newest" -gt 0 ] || [ "$(echo "$reports" | wc -l)" -eq "$(echo "$core" | wc -w)" ] || [ "$without_leader" -ge 15 ] || return 0
  best=${best%% *}
  # Whoever was given the vote keeps it, unless newer data turned up, or it has not been heard of for a while.
  vote=$(echo "$reports" | awk -v host="$following" '$1 == host { print $6, $7 }')
  if [ -n "$vote" ]; then unheard=0; else unheard=$((unheard + 1)); fi
  case " $core " in
    *" $following "*) [ -n "$vote" ] || [ "$unheard" -ge 5 ] || return 0 ;;
  esac
  if [ "$best" != "$self" ]; then
    follow_host "$best"
    return
  fi
  votes=$(echo "$reports" | awk -v self="$self" -v newest="$newest" '
    $1 == self || $3 == self && $2 == "slave" && (newest == 0 || $6 > 0) { votes++ } END { print votes + 0 }')
  if [ "$votes" -lt "$quorum" ]; then
    [ $((without_leader % 20)) -ne 3 ] || say "waits for $quorum of the servers with data to choose a leader: $core"
    return 0
  fi
  say "is chosen by $votes servers: its data are the newest"
  mine REPLICAOF NO ONE >/dev/null
}

turn() {
  reports=$(reports_of "$core")
  own=$(echo "$reports" | awk -v self="$self" '$1 == self')
  [ -n "$own" ] || own=$(reports_of "$self")
  [ -n "$own" ] || return 0
  read -r _ role following link read since written leader synced others <<REPORT
$own
REPORT
  named=$(named_by_sentinels)
  if [ "$role" = master ]; then lead; else follow; fi
}

while :; do
  keep_passwords || true
  turn || true
  # For its probes.
  : >/run/redis/keeper
  sleep 1 &
  wait $!
done
