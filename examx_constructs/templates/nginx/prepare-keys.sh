# The key of viewers, as nginx reads it: in a file of its own, so that nobody writes nginx's syntax into a Secret.
key=$(cat @file) || key=
case $key in
*[!A-Za-z0-9_-]* | "")
    echo "Secret @secret, key \"key\": it must be letters, digits, - and _ alone: nginx would read others as its syntax" >&2
    exit 1
    ;;
esac
if [ ${#key} -lt 32 ] || [ ${#key} -gt 100 ]; then
    echo "Secret @secret, key \"key\": it must be 32 to 100 characters: a shorter one could be guessed" >&2
    exit 1
fi
(umask 077 && echo "\"$key\" 1;" >@scratch_root/viewer-key.conf)
unset key
