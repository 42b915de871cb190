# shellcheck shell=bash
# `./commerce test`: builds the whole solution, runs one test project after the other (two cores are not enough for
# two), and sums what the result files say.

results=$repo_root/artifacts/test-results
passed=0 failed=0 skipped=0
image_limit=300 # seconds; a quiet machine needs one minute, and no time at all once they are there

# counter <file> <name>: of the <Counters …/> element of a result file.
counter() { sed -n "s/.*<Counters.*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

finish() {
  local summary="$passed passed, $failed failed"
  [ "$skipped" = 0 ] || summary+=", $skipped skipped"
  printf '%s\n' "$summary"
  [ "$failed" = 0 ] && [ "$((passed + skipped))" -gt 0 ]
  exit
}

run_tests() {
  local filter=${1:-} project name
  [ $# -le 1 ] || die "one filter, quoted: ./commerce test 'FullyQualifiedName~Order'"
  ensure postgresql redis-server chromium npm kubectl
  CHROMIUM=$(find_chromium)
  # The servers of all tests but those of the container path are processes of this machine.
  export CHROMIUM COMMERCE_SERVERS=processes
  set_up
  rm -rf "$results"
  mkdir -p "$results"

  say "building ..."
  step "the build"
  build Commerce.sln || {
    say "FAILED: the build"
    failed=1
    finish
  }
  # What is started below finds its build done.
  fingerprint >"$repo_root/artifacts/.built-$configuration"

  say "checking the format ..."
  (cd "$repo_root" && dotnet tool restore && dotnet csharpier check .) >"$results/format.log" 2>&1 || {
    cat "$results/format.log" >&2
    say "FAILED: the format. Mend it: dotnet csharpier format ."
    failed=$((failed + 1))
  }

  # One test project per line, whatever way its slashes lean in the solution.
  while IFS= read -r project; do
    name=$(basename "$project" .csproj)
    # Not earlier: a run of one other project's tests needs no images.
    if [ "$name" = Commerce.AppHost.Tests ]; then prepare_containers "$filter"; fi
    run_test_project "$name" "$repo_root/$(dirname "$project")/bin/$configuration/net10.0/$name.dll" "$filter"
  done < <(sed -n 's/.*"\(tests[\\/][^"]*\.Tests\.csproj\)".*/\1/p' "$repo_root/Commerce.sln" | tr '\134' '/' | sort)
  finish
}

# prepare_containers <filter>: the images for the tests of the container path. Where they cannot be made, those tests are skipped
# and say why: the file is what they look at.
prepare_containers() {
  local log=$results/containers.log folder=$repo_root/artifacts/containers reason
  # A filter that does not name these tests wants others.
  [ -z "$1" ] || [[ $1 =~ AppHost|Container ]] || return 0
  say "preparing the images of the container path ..."
  timeout "$image_limit" "$repo_root/eng/containers/make-images" >"$log" 2>&1 </dev/null && return
  reason=$(sed -n 's/^error: //p' "$log" | head -n 1)
  mkdir -p "$folder"
  rm -f "$folder/ready"
  printf '%s\n' "${reason:-they were not made within $image_limit s}" >"$folder/reason.txt"
  say "no images, so these tests are skipped: $(cat "$folder/reason.txt")"
}

# take_screenshots [folder]: the walk through every page that the tests make, this time with a camera.
take_screenshots() {
  COMMERCE_SCREENSHOTS=$(realpath -m "${1:-$repo_root/artifacts/screenshots}")
  export COMMERCE_SCREENSHOTS
  say "pictures go to $COMMERCE_SCREENSHOTS"
  run_tests 'FullyQualifiedName~Commerce.Platform.Tests.Browsing.EveryPageTests'
}

# run_test_project <name> <assembly> <filter>
run_test_project() {
  local name=$1 assembly=$2 filter=$3 status=0 begun=$SECONDS trx=$results/$1.trx arguments=()
  local ran=0 good=0 bad=0 executed=0
  [ -z "$filter" ] || arguments=(--filter "$filter")
  # A test that hangs ends the project's run after ten minutes instead of never.
  (cd "$repo_root" && dotnet test "$assembly" "${arguments[@]}" --results-directory "$results/$name" \
    --logger "trx;LogFileName=$trx" --logger 'console;verbosity=minimal' \
    --blame-hang --blame-hang-timeout 10m --blame-hang-dump-type none) >"$results/$name.log" 2>&1 </dev/null || status=$?

  if [ -f "$trx" ]; then
    ran=$(counter "$trx" total) executed=$(counter "$trx" executed) good=$(counter "$trx" passed)
    bad=$(($(counter "$trx" failed) + $(counter "$trx" error) + $(counter "$trx" timeout) + $(counter "$trx" aborted)))
  fi
  if [ "$bad" = 0 ] && { [ "$status" != 0 ] || { [ "$ran" = 0 ] && [ -z "$filter" ]; }; }; then
    say "$name ended with $status and without all of its results: that counts as one failure"
    bad=1
  fi
  [ "$bad" = 0 ] || cat "$results/$name.log" >&2
  if [ "$ran" != 0 ] || [ "$bad" != 0 ]; then
    printf '%-36s %5s passed %5s failed %5s s\n' "$name" "$good" "$bad" "$((SECONDS - begun))" >&2
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + ran - executed))
}
