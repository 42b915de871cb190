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
  local missing=0 kind
  echo "To run:"
  if check dotnet; then
    printf '  ok       %-14s %s\n' dotnet "SDK $(cd "$repo_root" && dotnet --version)"
  else
    printf '  MISSING  %-14s .NET 10 SDK. Mend it: sudo apt-get install dotnet-sdk-10.0, or the installer on dot.net\n' dotnet
    missing=1
  fi
  # Before the first build there is no app host to ask.
  if [ -f "$apphost_dll" ]; then kind=$(servers 2>/dev/null); else kind="not known before the first build"; fi
  if [ "$kind" = containers ]; then
    printf '  ok       %-14s %s\n' containers "PostgreSQL, Redis and Kafka"
  else
    report postgresql "the databases (server binaries; an own data folder, no service)"
    report redis-server "carts and caches"
  fi
  report npm "fetches the web font"
  echo "To test:"
  report chromium "the browser of the whole-system tests"
  report kubectl "renders the Kubernetes files"
  echo "State:"
  printf '  servers        %s\n' "$kind"
  printf '  Kafka packages %s\n' "$(kafka_packages)"
  printf '  assets         %s\n' "$([ -f "$repo_root/artifacts/assets/.stamp" ] && echo fetched || echo "not fetched yet")"
  printf '  platform       %s\n' "$(running_pid >/dev/null && echo running || echo stopped)"
  [ "$missing" = 0 ] || die "$missing missing; as root, ./commerce run and ./commerce test install them"
}

kafka_packages() {
  case $(cat "$repo_root/artifacts/kafka-packages.props" 2>/dev/null) in
    *'>true<'*) echo "Aspire's own" ;;
    *'>false<'*) echo "stand-ins (eng/kafka): the package source does not serve them" ;;
    *) echo "not looked for yet: stand-ins (eng/kafka)" ;;
  esac
}

# Writes artifacts/manifest.json, and from it deploy/k8s/base with aspirate; without aspirate on PATH, prints how.
export_manifest() {
  local command
  ensure
  set_up
  build_apphost
  cd "$repo_root" || exit
  step "writing the manifest"
  dotnet "$apphost_dll" --operation publish --publisher manifest --output-path artifacts/manifest.json >&2
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
