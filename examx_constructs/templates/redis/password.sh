# Sourced by the other scripts. The password stays in files and in the shell: it never becomes an argument of a process.
password=""
if [ -e /run/secrets/redis/password ]; then
  password=$(cat /run/secrets/redis/password)
  case $password in
    "" | *[!A-Za-z0-9._~-]*)
      echo "the password of Redis must be letters, digits and . _ ~ - only, at least one: it stands in URLs" >&2
      exit 1
      ;;
  esac
  export REDISCLI_AUTH="$password"
fi
