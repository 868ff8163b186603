#!/bin/sh
# By hand, in the pod whose data shall be kept: makes its server the leader, although too few of the others are there to
# know whether theirs are newer. What they have is replaced by a copy of this one's.
set -eu
. /etc/redis/operator.sh
. /etc/redis/topology.sh

case " $core " in *" $self "*) ;; *) echo "only these may lead: $core" >&2; exit 1 ;; esac
leader=$(reports_of "$core" | leader_of | cut -d ' ' -f 1)
[ -z "$leader" ] || { echo "$leader leads: nothing is to be done" >&2; exit 1; }
read -r _ _ _ _ _ since _ <<REPORT
$(reports_of "$self")
REPORT
[ -n "$since" ] || { echo "the server of this pod does not answer" >&2; exit 1; }
ask -h "$self" REPLICAOF NO ONE >/dev/null
since=$(later_than "$since")
# For once without a second copy; the keeper sees to the rest.
ask -h "$self" CONFIG SET min-replicas-to-write 0 >/dev/null
ask -h "$self" SET "$leader_key" "$since $(date +%s) $self" >/dev/null
ask -h "$self" CONFIG SET min-replicas-to-write $closed >/dev/null
echo "$self leads since $since; it takes writes when another server has a copy"
