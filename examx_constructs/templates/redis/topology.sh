# Sourced by the scripts of servers and Sentinels: who is there, and what do they say?
master_name=@master_name
# These hold what is accepted, and one of them leads; the first that may is preferred. All other servers only read.
core="@core"
sentinels="@sentinels"
# With fewer of the others in sync, the leader takes no write; more than half of the core is always needed to choose one.
minimum_synced=@minimum_synced
quorum=@quorum
most_sentinels=@most_sentinels
pod=$(hostname)
self=$pod.$GOVERNING_SERVICE

# The leader writes down here, in its data, since when it leads, when it last did so, and its name. So each copy of the
# data says of which leader it is, and how new.
leader_key=examx:leader
# More replicas than there are: a server that is not known to lead takes no write.
closed=1000

# What a server says of itself in one line: role, whom it follows, whether it is linked, how much it has read, since
# when the leader of its data leads, when that last wrote, who that is, and of a leader: how many of the core are in
# sync, and how many other replicas there are.
report='
local about = redis.call("INFO", "replication")
local function field(name) return string.match(about, name .. ":([^\r\n]*)") or "-" end
local role, read = field("role"), field("slave_repl_offset")
if role == "master" then read = field("master_repl_offset") end
local synced, others = 0, 0
for host, state, lag in string.gmatch(about, "slave%d+:ip=([^,]*),port=%d+,state=([%w_]*),offset=%d+,lag=(%-?%d+)") do
  if not string.find(ARGV[2], " " .. host .. " ", 1, true) then others = others + 1
  elseif state == "online" and tonumber(lag) <= 2 then synced = synced + 1 end
end
local data = redis.call("GET", ARGV[1]) or "0 0 -"
return table.concat({role, field("master_host"), field("master_link_status"), read, data, synced, others}, " ")'

# What each of some hosts answers to a command, a line each: its name and the words of the answer. All at the same time.
ask_all() (
  port=$1 hosts=$2
  shift 2
  for host in $hosts; do
    {
      answer=$(ask -h "$host" -p "$port" "$@@" 2>/dev/null) || exit 0
      # shellcheck disable=SC2086 # its words, on one line
      echo "$host" $answer
    } &
  done
  wait
)

# The reports of some hosts; those that do not answer, or still read their data, are left out.
reports_of() {
  ask_all 6379 "$1" EVAL_RO "$report" 0 "$leader_key" " $core " | awk 'NF == 10 && ($2 == "master" || $2 == "slave")'
}

ask_sentinels() { ask_all 26379 "$sentinels" "$@@"; }

# The server that most of the Sentinels take for the leader; nothing where they do not agree, or are not there.
named_by_sentinels() {
  ask_sentinels SENTINEL get-master-addr-by-name "$master_name" |
    awk -v most="$most_sentinels" 'NF == 3 { n[$2]++ } END { for (host in n) if (n[host] >= most) print host }'
}

# Of some reports: that of the leader, the newest should there be two. It says so in its own data.
leader_of() {
  awk '$2 == "master" && $8 == $1' | sort -k6,6nr | head -n 1
}

# Let a server lead, which is a primary: it takes writes from the moment on that it has written down that it leads. That
# write is refused, and the server stays closed, while too few of the core have a copy of its data.
open_leader() {
  host=$1 since=$2 others=$3
  ask -h "$host" CONFIG SET min-replicas-to-write $((minimum_synced + others)) >/dev/null || return 1
  case $(ask -h "$host" SET "$leader_key" "$since $(date +%s) $host") in
    OK) return 0 ;;
  esac
  ask -h "$host" CONFIG SET min-replicas-to-write $closed >/dev/null
  return 1
}

# A time that is later than another: leaders are told apart by it, whatever a clock says.
later_than() {
  now=$(date +%s)
  [ "$now" -gt "$1" ] && echo "$now" || echo $(($1 + 1))
}
