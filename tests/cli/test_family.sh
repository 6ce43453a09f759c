# A family: its files, their records, what is refused, and what an end in the
# middle leaves behind.
. tests/cli/lib.sh
here=$work/here
cd "$here" || exit 1
prompt="bright theme, 12 s"

is_there() { # NAME LIST: the folder fam holds these files and no others
  [ "$(ls -A fam)" = "$(printf '%s\n' $2 | LC_ALL=C sort)" ] || ls -A fam | sed 's/^/# /'
  [ "$(ls -A fam)" = "$(printf '%s\n' $2 | LC_ALL=C sort)" ]
  report $? "$1"
}

asked=(--seed 2 --cuts 6,sting,no-melody --beside midi,record -q)
check "a family is made" "$CUESMITH" family "$prompt" -o fam "${asked[@]}"
is_there "its files are named after its members" "6.json 6.mid 6.wav family.json full.json full.mid full.no-melody.wav
  full.wav sting.json sting.mid sting.wav"
for file in 6.wav full.no-melody.wav; do
  check "$file is what its record says" "$CUESMITH" verify "fam/$file"
done
for file in 6 sting; do
  check "$file is as it was asked" "$CUESMITH" audit "fam/$file.wav"
done
check "all records name one family" python3 - <<'END'
import hashlib, json
family = json.load(open("fam/family.json"))
for name in ("full", "6", "sting"):
    record = json.load(open(f"fam/{name}.json"))
    member = next(m for m in family["members"] if m["member"] == name)
    assert record["family"]["id"] == family["id"]
    assert record["family"]["member"] == name
    assert [m["file"] for m in record["family"]["members"]] == [m["file"] for m in family["members"]]
    assert record["audio"]["sha256"] == member["sha256"]
    assert record["plan"]["theme_seed"] == family["theme_seed"]
assert family["members"][3]["member"] == "no-melody" and len(family["members"][3]["sha256"]) == 64
assert family["members"][1]["seed"] != family["members"][0]["seed"]
assert family["members"][2]["duration_s"] <= 5
END

mv fam before
check "a prompt from standard input, in one thread" \
  env CUESMITH="$CUESMITH" sh -c 'printf %s "$1" | "$CUESMITH" family - -o fam --threads 1 --json "$2" "$3" "$4" "$5" "$6" "$7" -q >list.json' - "$prompt" "${asked[@]}"
check "gives the same bytes" diff -r before fam
check "--json prints the list of the family" cmp list.json fam/family.json
rm -rf before fam list.json
check "FLAC with stems" "$CUESMITH" family "$prompt" -o fam --seed 2 --cuts 6 --format flac --beside stems -q
check "stems stand in their folders" test -n "$(ls fam/6-stems)" -a -n "$(ls fam/full-stems)"
check "a lossy family has its records beside it" "$CUESMITH" family "$prompt" -o mp3 --seed 2 --cuts 6 --format mp3 -q
check "and they are found" "$CUESMITH" rights mp3/6.mp3
rm -rf fam mp3

refuse "no folder" 2 "name it with -o DIR" family "$prompt"
refuse "a pipe" 2 "name a folder" family "$prompt" -o -
refuse "a cut of nothing" 2 "5 s to 12 h" family "$prompt" -o fam --cuts 0
refuse "a word that is no cut" 2 '"abc" does not work' family "$prompt" -o fam --cuts abc
refuse "a cut named twice" 2 "names sting twice" family "$prompt" -o fam --cuts sting,sting
refuse "a cut longer than the full one" 2 "--cuts 15: the full one lasts 12 s" family "$prompt" -o fam --cuts 15
refuse "an empty list" 2 "give lengths" family "$prompt" -o fam --cuts ""
refuse "no such format" 2 "use wav, flac" family "$prompt" -o fam --format aiff
refuse "nothing of that name stands beside" 2 "use midi, picture, record and stems" family "$prompt" -o fam --beside score
refuse "stems of a lossy file" 2 "WAV or FLAC" family "$prompt" -o fam --format mp3 --beside stems
refuse "one name for all" 2 "use --beside midi" family "$prompt" -o fam --midi x.mid
refuse "takes" 2 "one by one" family "$prompt" -o fam --takes 3
refuse "an edited plan" 2 "give the prompt" family --plan plan.json -o fam
refuse "cuts of a single cue" 2 "does not go with" make "$prompt" -o x.wav --cuts 6
refuse "a folder without a parent" 2 "cannot be made" family "$prompt" -o no/where --cuts 6
refuse "a warning with --strict" 2 "vocals_unsupported" family "bright theme, sung vocals, 12 s" -o fam --cuts 6 --strict
check "scaled times are no such warning" "$CUESMITH" family "bright theme, 12 s, builds in last 4 s" -o fam --cuts 6 --strict -q
rm -rf fam
touch file
refuse "a file in the folder's place" 2 "is no folder" family "$prompt" -o file --cuts 6
rm file
mkdir shut outside
ln -s ../outside shut/6-stems
refuse "a link out of the folder" 2 "link" family "$prompt" -o shut --cuts 6 --beside stems -q
check "nothing is written through it" test -z "$(ls -A outside)"
rm -rf shut outside
if [ "$(id -u)" -ne 0 ]; then
  mkdir locked && chmod 555 locked
  refuse "a folder that cannot be written" 2 "locked" family "$prompt" -o locked --cuts 6
  rmdir locked
else
  refuse "a folder that cannot be written" 2 "/proc" family "$prompt" -o /proc --cuts 6
fi

# Whatever the moment: files are whole or are not there, and no list is left of what was not finished.
# TERM: a shell starts what runs beside it with INT ignored.
whole=0 interrupted=0
for delay in 0.2 0.6; do
  "$CUESMITH" family "theme, 4 min" -o cut --cuts 180,120 -q 2>/dev/null &
  sleep $delay
  kill -TERM $! 2>/dev/null
  wait $!
  [ $? -eq 143 ] && interrupted=1
  for file in $(ls -A cut 2>/dev/null); do
    case $file in
    *.wav) "$CUESMITH" verify "cut/$file" >/dev/null || { whole=1; echo "# $file after $delay s"; } ;;
    family.json) ;;
    *) whole=1; echo "# left behind: $file" ;;
    esac
  done
  rm -rf cut
done
report $whole "what an interrupted family leaves is whole"
[ $interrupted -eq 1 ]
report $? "a family stops when it is told to"
finish
