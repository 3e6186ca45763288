package org.cchq.migrate.apply;

/**
 * The POSIX shell scripts that read and change files on a host. All that is particular to a rollout, paths and contents,
 * comes through stdin, a content as base64 in one line: arguments and process lists show only these texts.
 *
 * <p>A rollout keeps a journal on the host, a directory {@code .cchq-migrate-PURPOSE} beside the first path, for as long as
 * it lasts: the process that works there, and every path's old state before that path is touched. While it is there,
 * another rollout waits for nothing and refuses; when its process is gone it was cut off, and the next rollout goes on from
 * it: a failed check then takes everything back to what was before the first of them.
 */
final class HostScript {
    /** stdin ended too early: nothing was touched. */
    static final int CUT_SHORT = 64;
    /** Another rollout works there: nothing was touched. */
    static final int BUSY = 65;
    /** A file could not be prepared: nothing was touched. */
    static final int NOT_PREPARED = 66;
    /** A file could not be put in place: all was taken back. */
    static final int NOT_PLACED = 67;
    /** The check failed: all was taken back, nothing reloaded. */
    static final int CHECK_FAILED = 68;
    /** The reload failed: all was taken back, and the reload tried once more with that. */
    static final int RELOAD_FAILED = 69;
    /** Taking back failed: the journal with the old files is still there. */
    static final int NOT_TAKEN_BACK = 70;

    private static final String COMMON = """
            umask 077
            LC_ALL=C; export LC_ALL
            started() {
              IFS= read -r line < "/proc/$1/stat" || return 1
              set -- ${line##*) }
              printf %s "${20}"
            } 2>/dev/null
            alive() {
              p=; t=
              read -r p t < "$1/pid" || return 1
              [ -n "$t" ] && [ "$(started "$p")" = "$t" ]
            } 2>/dev/null
            """;

    /** Lines in: the journal, then {@code path OWNER PATH} and {@code glob - PATTERN}. One line out for each thing found. */
    static final String READ = COMMON + """
            IFS= read -r j
            if alive "$j"; then echo left busy; elif [ -e "$j/begun" ]; then echo left cut; fi
            show() {
              f=$1; d=${f%/*}
              printf '%s %s ' "$3" "$(printf %s "$f" | base64 -w0)"
              group=; [ "$2" = - ] || group=$(id -gn -- "$2" 2>/dev/null)
              if [ -L "$f" ]; then kind=link
              elif [ -f "$f" ] && [ -r "$f" ]; then kind=file
              elif [ -d "$f" ]; then kind=directory
              elif [ -e "$f" ]; then kind=other
              elif [ -d "${d:-/}" ]; then kind=nothing
              else kind=no_directory; fi
              printf '%s ' "$kind"
              case $kind in
                nothing|no_directory) printf -- '- - - ' ;;
                *) stat -c '%a %U %G' -- "$f" | sed "s/UNKNOWN/#/g" | tr '\\n' ' '
                   ;;
              esac
              printf '%s ' "${group:--}"
              case $kind in
                link) readlink -- "$f" | tr -d '\\n' | base64 -w0 ;;
                file) base64 -w0 < "$f" ;;
              esac
              echo
            }
            while IFS=' ' read -r verb owner path; do
              case $verb in
                path) show "$path" "$owner" path ;;
                glob) IFS=
                      for f in $path; do
                        [ -e "$f" ] || [ -L "$f" ] || continue
                        printf 'match %s ' "$(printf %s "$path" | base64 -w0)"; show "$f" - path
                      done
                      unset IFS ;;
              esac
            done
            echo end
            """;

    /**
     * Lines in: the journal, check and reload (base64), then for each change {@code VERB KEY MODE OWNER GROUP PATH} and its
     * content or target (base64), then {@code end}. What check or reload wrote comes out. Once the first path is touched,
     * the loss of the connection changes nothing any more.
     */
    static final String WRITE = COMMON + """
            IFS= read -r j; read -r check; read -r reload
            check=$(printf %s "$check" | base64 -d); reload=$(printf %s "$reload" | base64 -d)
            beside() { printf %s "${2%/*}/.cchq-migrate-$1"; }
            dup() { rm -f -- "$2"; ln -- "$1" "$2" 2>/dev/null || cp -a -- "$1" "$2"; }
            each() {
              while IFS=' ' read -r verb key mode owner group path; do "$1" || return 1; done < "$j/list"
            }
            tidy() { rm -f -- "$(beside "$key" "$path")"; }
            me="$$ $(started $$)"
            for d in "$j".[0-9]*; do [ ! -d "$d" ] || alive "$d" || rm -rf -- "$d"; done
            rm -rf -- "$j.$$" && mkdir -- "$j.$$" && echo "$me" > "$j.$$/pid" || exit 66
            if ! mv -T -- "$j.$$" "$j" 2>/dev/null; then
              rm -rf -- "$j.$$"
              alive "$j" && { echo "process $p of it is at work" >&2; exit 65; }
              p=; t=; read -r p t < "$j/pid"
              mkdir -- "$j/taken-$p-$t" || exit 65
              echo "$me" > "$j/pid.new" && mv -f -- "$j/pid.new" "$j/pid" || exit 66
              [ ! -e "$j/list" ] || each tidy
            fi
            give_up() {
              each tidy
              [ -e "$j/begun" ] || rm -rf -- "$j"
              exit "$1"
            }
            : > "$j/list"; whole=
            while IFS=' ' read -r verb key mode owner group path; do
              [ "$verb" = end ] && { whole=yes; break; }
              IFS= read -r data || break
              echo "$verb $key $mode $owner $group $path" >> "$j/list"
              printf %s "$data" | base64 -d > "$j/data-$key" || break
            done
            [ -n "$whole" ] || give_up 64
            prepare() {
              b=$(beside "$key" "$path")
              case $verb in
                file)
                  rm -f -- "$b" && cat -- "$j/data-$key" > "$b" || return 1
                  has=$(stat -c '%U %G' -- "$b")
                  [ "$group" != - ] || group=$(id -gn -- "$owner") || return 1
                  [ "$has" = "$owner $group" ] || chown -- "$owner:$group" "$b" || return 1
                  chmod -- "$mode" "$b" || return 1
                  sync -- "$b" 2>/dev/null || : ;;
                link) rm -f -- "$b" && ln -s -- "$(cat -- "$j/data-$key")" "$b" || return 1 ;;
              esac
            }
            each prepare || give_up 66
            place() {
              if [ ! -e "$j/path-$key" ]; then
                if [ -e "$path" ] || [ -L "$path" ]; then dup "$path" "$j/old-$key" || return 1; fi
                printf '%s\\n' "$path" > "$j/saved" && mv -f -- "$j/saved" "$j/path-$key" || return 1
              fi
              case $verb in
                remove) rm -f -- "$path" ;;
                *) mv -fT -- "$(beside "$key" "$path")" "$path" ;;
              esac
            }
            take_back() {
              whole=yes
              for m in "$j"/path-*; do
                [ -e "$m" ] || continue
                key=${m##*/path-}; IFS= read -r path < "$m"
                b=$(beside "$key" "$path")
                if [ -e "$j/old-$key" ] || [ -L "$j/old-$key" ]; then
                  dup "$j/old-$key" "$b" && mv -fT -- "$b" "$path" || whole=
                else
                  rm -f -- "$path" || whole=
                fi
              done
              each tidy
              [ -n "$whole" ] || exit 70
            }
            asked() { ( trap - HUP PIPE INT TERM; exec sh -c "$1" ) > "$j/output" 2>&1 < /dev/null; }
            trap '' HUP PIPE INT TERM
            : > "$j/begun"
            each place || { take_back; rm -rf -- "$j"; exit 67; }
            if [ -n "$check" ]; then
              asked "$check" || { tail -c 4000 "$j/output"; take_back; rm -rf -- "$j"; exit 68; }
            fi
            if [ -n "$reload" ]; then
              asked "$reload" || { tail -c 4000 "$j/output"; take_back; asked "$reload"; rm -rf -- "$j"; exit 69; }
            fi
            rm -rf -- "$j"
            """;

    private HostScript() {}
}
