# Sourced by the other scripts. The password stays in files and in the shell: it never becomes an argument of a process.
password=""
if [ -f /run/secrets/redis/password ]; then
  password=$(cat /run/secrets/redis/password)
  case $password in
    *[!A-Za-z0-9._~-]*) echo "the password of Redis may only have letters, digits and . _ ~ -, for it stands in URLs" >&2; exit 1 ;;
  esac
  export REDISCLI_AUTH="$password"
fi
