#!/usr/bin/env python3
"""Packs folders as a container image, without a container engine.

mkimage.py NAME OUT.tar CONFIG_JSON LAYER...   each LAYER is a folder or a tar file that was packed before
mkimage.py --layer OUT.tar FOLDER              packs one folder as a layer, for use in several images

The result is what `docker save` writes, which `ctr images import` and `minikube image load` read.
Files keep owner and mode but lose their dates, so the same content always gives the same image.
"""
import hashlib
import io
import json
import os
import platform
import sys
import tarfile


def undated(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime = 0
    return entry


def pack(folder: str, out: str) -> None:
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as tar:
        tar.add(folder, arcname=".", filter=undated)  # in sorted order, by itself


def sha256(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def main(name: str, out: str, config: str, *layers: str) -> None:
    temporary, packed = [], []
    for number, layer in enumerate(layers):
        if os.path.isdir(layer):
            temporary.append(f"{out}.layer{number}")
            pack(layer, temporary[-1])
            layer = temporary[-1]
        packed.append((sha256(layer), layer))

    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    image = json.dumps({
        "architecture": architecture,
        "os": "linux",
        "config": json.loads(config),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest, _ in packed]},
    }).encode()
    image_file = hashlib.sha256(image).hexdigest() + ".json"
    manifest = json.dumps([{
        "Config": image_file,
        "RepoTags": [name],
        "Layers": [f"{digest}/layer.tar" for digest, _ in packed],
    }]).encode()

    with tarfile.open(out, "w") as tar:
        for path, data in ((image_file, image), ("manifest.json", manifest)):
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        for digest, layer in packed:
            tar.add(layer, arcname=f"{digest}/layer.tar", filter=undated)
    for path in temporary:
        os.remove(path)


if __name__ == "__main__":
    if sys.argv[1] == "--layer":
        pack(sys.argv[3], sys.argv[2])
    else:
        main(*sys.argv[1:])
