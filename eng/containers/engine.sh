# shellcheck shell=bash
# The container engine of this checkout: podman with settings, images and volumes of its own below artifacts/containers, so that
# the machine's configuration is neither needed nor changed. Source it after eng/lib.sh.

engine_home=$repo_root/artifacts/containers
engine_ready=$engine_home/ready       # there while the images are: what they were made of
engine_reason=$engine_home/reason.txt # why there are none

# use_engine: podman, and whatever starts it, is this one from here on.
use_engine() {
  export CONTAINERS_CONF=$engine_home/containers.conf CONTAINERS_STORAGE_CONF=$engine_home/storage.conf
  export ASPIRE_CONTAINER_RUNTIME=podman
}

# configure_engine: writes its settings, and uses them from here on.
configure_engine() {
  local run
  use_engine
  # What is true until the machine starts anew lives where the machine forgets it. A socket's path has to be short.
  run=${XDG_RUNTIME_DIR:-/run}/commerce-$(printf '%s' "$repo_root" | sha256sum | head -c 10)
  mkdir -p "$engine_home"
  # vfs, runc and cgroupfs work inside of containers and virtual machines too, where overlays, crun and systemd often do not; nor
  # may limits be raised there, which podman does unless it is given some.
  cat >"$engine_home/storage.conf" <<CONF
[storage]
driver = "vfs"
graphroot = "$engine_home/storage"
runroot = "$run/storage"
CONF
  cat >"$engine_home/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=2000:2000"]

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "$run/libpod"
volume_path = "$engine_home/volumes"

[network]
network_backend = "netavark"
network_config_dir = "$engine_home/networks"
CONF
}
