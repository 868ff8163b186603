# Sourced: how a Sentinel logs in at servers and at other Sentinels, with the password that is an argument.
outgoing() {
  echo "SENTINEL SET @master_name auth-user replication"
  printf 'SENTINEL SET @master_name auth-pass %s\n' "$1"
  echo "SENTINEL CONFIG SET sentinel-user replication"
  printf 'SENTINEL CONFIG SET sentinel-pass %s\n' "$1"
}
