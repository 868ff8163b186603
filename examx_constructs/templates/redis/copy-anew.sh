# Sourced by the script that starts a replicated server. With damaged files it does not start on what is left of them:
# that would look like data that are whole. It waits until another server leads, which by the rules of keeper.sh has all
# that was accepted, keeps its own files beside, and copies. Where all are damaged, nobody leads, and nothing is touched.
copy_anew() {
  echo "$damage. Waits for a leader among $core, to copy from it"
  trap 'exit 1' TERM INT
  until leader=$(reports_of "$core" | leader_of | cut -d ' ' -f 1) && [ -n "$leader" ] && [ "$leader" != "$self" ]; do
    sleep 2 &
    wait $!
  done
  trap - TERM INT
  # One copy at most: the volume has no room for more.
  rm -rf /data/damaged
  mv /data/appendonlydir /data/damaged
  echo "$leader leads: copies from it, and keeps its own files in /data/damaged"
}
