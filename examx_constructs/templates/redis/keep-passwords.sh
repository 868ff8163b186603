# Sourced by keepers: when the Secret changes, the process takes it, without a restart. Who is logged in stays so.
kept=none told=''

keep_passwords() {
  [ -f "$taken_state" ] && [ "$(mounted)" != "$kept" ] || return 0
  if is_taken; then
    kept=$(mounted)
    return 0
  fi
  if ! refused=$(read_users 2>&1); then
    [ "$told" = "$refused" ] || echo "$(date -u +%H:%M:%S) the passwords stay as they were: $refused"
    told=$refused
    return 0
  fi
  read_users || return 0
  commands=$(printf '%s\n' "$lines" | sed 's/^/ACL SETUSER /' && outgoing "$(own_password)")
  answered=$(printf '%s\n' "$commands" | ask_here 2>&1 | grep -cx OK || true)
  [ "$answered" -eq "$(printf '%s\n' "$commands" | wc -l)" ] || return 0
  remember
  kept=$state told=''
  echo "$(date -u +%H:%M:%S) took the passwords of the Secret: $(printf '%s\n' "$state" | sed 's/ .*//' | tr '\n' ' ')"
}
