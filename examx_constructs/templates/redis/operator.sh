# Sourced by the other scripts: how they log in, as the user `operator`. Passwords stay in files, in the shell and in the
# environment of redis-cli: none becomes an argument of a process.
secrets=/run/secrets/redis
# The operator's password that the process of this pod has taken. After a change of the Secret that is a moment later.
taken_password=/run/redis/operator
here=127.0.0.1
port=@port

# redis-cli with the password of the Secret, for all pods.
ask() { log_in_with "$secrets/operator" timeout 2 redis-cli --raw --user operator "$@@"; }

# redis-cli with the password that the process of this pod has taken.
ask_here() { log_in_with "$taken_password" timeout 2 redis-cli --raw --user operator -h "$here" -p "$port" "$@@"; }

log_in_with() {
  password=''
  { IFS= read -r password <"$1"; } 2>/dev/null || true
  shift
  REDISCLI_AUTH=$password "$@@"
}
