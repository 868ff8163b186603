# Sourced by what starts a process and by what keeps its passwords: the users of Redis, as the mounted Secret has them.
# Of each user it takes up to three passwords: NAME, NAME.previous and NAME.next. The process gets their digests.
users="@users"
rights=/etc/redis/rights
# The digest of the state of the Secret that the process has taken.
taken_state=/run/redis/passwords

# A password of the Secret, into $password. Fails, and says why, where it is none that clients could use.
read_password() {
  password=''
  if [ ! -f "$secrets/$1" ]; then
    echo "the Secret of Redis has no key \"$1\": each of its users needs one: $users" >&2
    return 1
  fi
  # The shell takes all of a line, and succeeds only where the line has an end.
  if IFS= read -r password <"$secrets/$1"; then
    echo "the password of Redis' user $1 must have no line end: KEDA takes it for a part of the password" >&2
    return 1
  fi
  case $password in
    "" | *[!A-Za-z0-9._~-]*)
      echo "the password of Redis' user $1 must be letters, digits and . _ ~ - only, at least one: it stands in URLs" >&2
      return 1
      ;;
  esac
}

# What the Secret holds now, as lines of a key and its value.
mounted() {
  for user in $users; do
    for key in "$user" "$user.previous" "$user.next"; do
      [ -f "$secrets/$key" ] || continue
      IFS= read -r password <"$secrets/$key" || true
      printf '%s %s\n' "$key" "$password"
    done
  done
}

# The users, as ACL SETUSER and the configuration take them. `default` is whoever does not log in: nobody.
described() {
  echo "default reset off"
  while read -r user rules; do
    case $user in "" | "#"*) continue ;; esac@unless_given
    digests=''
    for key in "$user" "$user.previous" "$user.next"; do
      [ "$key" = "$user" ] || [ -f "$secrets/$key" ] || continue
      read_password "$key" || return 1
      digests="$digests #$(printf %s "$password" | digest)"
    done
    printf '%s reset on%s %s\n' "$user" "$digests" "$rules"
  done <"$rights"
}

digest() {
  sum=$(sha256sum)
  echo "${sum%% *}"
}

# One state of the Secret, into $state and $lines. Its files change all at once, but are read one by one.
read_users() {
  state=$(mounted)
  lines=$(described) || return 1
  [ "$(mounted)" = "$state" ] || read_users
}

# The password that this process itself logs in with as `replication`.
own_password() { printf '%s\n' "$state" | sed -n 's/^replication //p'; }

# Write down that the process has taken this state. Whole files: others read them meanwhile.
remember() {
  printf '%s\n' "$state" | sed -n 's/^operator //p' | tr -d '\n' >"$taken_password.new"
  printf '%s\n' "$state" | digest >"$taken_state.new"
  mv "$taken_password.new" "$taken_password"
  mv "$taken_state.new" "$taken_state"
}

is_taken() { [ -f "$taken_state" ] && [ "$(mounted | digest)" = "$(cat "$taken_state")" ]; }
