import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RUN } from './paths.ts'

const VOLUMES = 40
export const STORAGE_CLASS = 'standard'

/**
 * Volumes that are there before anybody asks for one, in a folder that all nodes see: like a cloud's disk, a volume
 * follows its pod to another node.
 *
 * @returns the manifests of the default storage class and its volumes
 */
export async function createVolumes(): Promise<object[]> {
  const names = Array.from({ length: VOLUMES }, (_, index) => `volume-${String(index + 1).padStart(2, '0')}`)
  for (const name of names) {
    const path = join(RUN, 'volumes', name)
    await mkdir(path, { recursive: true })
    // The kubelet gives no group to folders of its own computer: whoever has the volume may write to it.
    await chmod(path, 0o777)
  }
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: STORAGE_CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  }
  const volumes = names.map((name) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '100Gi' },
      accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: STORAGE_CLASS,
      hostPath: { path: `/var/lib/volumes/${name}` },
    },
  }))
  return [storageClass, ...volumes]
}
