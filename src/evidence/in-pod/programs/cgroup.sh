# The control group of the container that it runs in. Output: see cgroup.ts.
cd /sys/fs/cgroup 2>/dev/null || exit 9
show() {
  for file in "$@"; do
    [ -r "$file" ] && while read -r line; do printf '%s %s\n' "$file" "$line"; done <"$file"
  done
}
if [ -r cgroup.controllers ]; then
  echo cgroup 2
  show memory.max memory.current memory.peak memory.events cpu.stat
else
  echo cgroup 1
  show memory/memory.limit_in_bytes memory/memory.usage_in_bytes memory/memory.max_usage_in_bytes \
    memory/memory.failcnt memory/memory.oom_control cpu/cpu.stat
fi
echo end
