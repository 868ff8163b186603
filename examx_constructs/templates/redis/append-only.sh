# Sourced by the scripts that start a server. A server drops what it cannot read up to the end of its append-only file,
# for a write may have been cut off there, with the node. But to it a wrong digit in the middle looks the same: it would
# drop all that follows, without an error. And zeros at the end, which a file system may leave, it does not start with.

# Fails where the files are damaged, and says how in $damage. A write that was cut off is dropped.
check_append_only() {
  manifest=$(ls /data/appendonlydir/*.manifest 2>/dev/null) && command -v redis-check-aof >/dev/null || return 0
  if [ ! -s "$manifest" ]; then
    damage="$manifest is empty"
    return 1
  fi
  # The last file, which is appended to. The others were written whole, and the server reads no other with an error.
  log=$(awk '{ for (i = 1; i < NF; i++) value[$i] = $(i + 1); if (value["type"] == "i") last = value["file"] }
    END { print last }' "$manifest")
  log=/data/appendonlydir/$log
  [ -f "$log" ] && [ -s "$log" ] || return 0
  found=$(redis-check-aof "$log" 2>&1) && return 0
  whole=$(echo "$found" | sed -n 's/.*ok_up_to=\([0-9]*\),.*/\1/p' | tail -n 1)
  [ -n "$whole" ] || return 0

  commands=$(rest_of_log | LC_ALL=C grep -c "^\*[0-9][0-9]*$(printf '\r')\$" || true)
  if is_cut_off; then
    echo "$log: dropped what is behind byte $whole, a write that was cut off"
    truncate -s "$whole" "$log"
    return 0
  fi
  damage="$log is damaged at byte $whole: what is behind it, $commands commands, would be lost"
  return 1
}

rest_of_log() { tail -c +"$((whole + 1))" "$log" | tr -d '\000'; }

# Whether all that is behind the last whole command is one more that was not written to its end, or a transaction.
is_cut_off() {
  [ "$(rest_of_log | head -c 1)" ] || return 0
  [ "$(rest_of_log | head -c 1)" = '*' ] || return 1
  if [ "$(rest_of_log | head -n 3 | tr -d '\r' | tail -n 1)" = MULTI ]; then
    ! rest_of_log | LC_ALL=C grep -q "^EXEC$(printf '\r')\$"
  else
    [ "$commands" -le 1 ]
  fi
}
