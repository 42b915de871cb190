# shellcheck shell=bash
# `./commerce doctor` and `./commerce export`.

# report <name> <what it is for>: one line; counts what is missing.
report() {
  if check "$1"; then
    printf '  ok       %-14s %s\n' "$1" "$2"
  else
    printf '  MISSING  %-14s %s. Mend it: sudo apt-get install %s\n' "$1" "$2" "$(package "$1")"
    missing=$((missing + 1))
  fi
}

doctor() {
  local missing=0
  echo "To run:"
  if check dotnet; then
    printf '  ok       %-14s %s\n' dotnet "SDK $(cd "$repo_root" && dotnet --version)"
  else
    printf '  MISSING  %-14s .NET 10 SDK. Mend it: sudo apt-get install dotnet-sdk-10.0, or the installer on dot.net\n' dotnet
    missing=1
  fi
  report postgresql "the databases (server binaries; an own data folder, no service)"
  report redis-server "carts and caches"
  report curl "talks to the running platform"
  echo "To build where the package source has gaps, and for the web font and the dashboard:"
  report npm "fetches them"
  report make "builds librdkafka"
  report g++ "builds librdkafka"
  echo "To test:"
  report chromium "the browser of the whole-system tests"
  report kubectl "renders the Kubernetes files"
  echo "State:"
  printf '  engine         %s\n' "$(apphost_engine)"
  printf '  package gaps   %s\n' "$(package_gaps)"
  printf '  assets         %s\n' "$([ -f "$repo_root/artifacts/assets/.stamp" ] && echo fetched || echo "not fetched yet")"
  printf '  platform       %s\n' "$(running_pid >/dev/null && echo running || echo stopped)"
  [ "$missing" = 0 ] || die "$missing missing; as root, ./commerce run and ./commerce test install them"
}

package_gaps() {
  if [ ! -f "$repo_root/artifacts/.package-source" ]; then
    echo "not looked at yet"
  elif [ -f "$repo_root/artifacts/gaps/Gaps.props" ]; then
    echo "filled: $(sed -n 's/ no$//p' "$repo_root/artifacts/.package-source" | tr '\n' ' ')"
  else
    echo "none: the package source is whole"
  fi
}

# Writes artifacts/manifest.json, and from it deploy/k8s/base with aspirate; without aspirate on PATH, prints how.
export_manifest() {
  local command
  ensure curl
  set_up
  build_apphost Native
  cd "$repo_root" || exit
  dotnet "$apphost_dll" --publisher manifest --output-path artifacts/manifest.json >&2
  say "wrote artifacts/manifest.json"
  # Both secrets are asked for and thrown away: mend-base keeps none, and the overlay takes them from elsewhere.
  command=(aspirate generate --non-interactive --aspire-manifest artifacts/manifest.json --output-path deploy/k8s/base
    --skip-build --image-pull-policy IfNotPresent --container-registry registry.example.com --container-image-tag 1.0.0
    --namespace commerce --include-dashboard --output-format kustomize --disable-state
    --secret-password unused --parameter payment-provider-key=unused)
  if has aspirate; then
    "${command[@]}" >&2
    eng/k8s/mend-base >&2
    say "wrote deploy/k8s/base"
  else
    say "aspirate is not on PATH. Where it is, this call goes on with:"
    printf '%s\n%s\n' "${command[*]}" eng/k8s/mend-base
  fi
}
