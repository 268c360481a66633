import { cgroupOf } from './cgroups.ts'
import { DNS_SERVICE, podRange } from './network.ts'
import { inside, PKI } from './paths.ts'

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock'
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1'

export const containerdConfig = (): string => `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${CONTAINERD_SOCKET}"
[ttrpc]
  address = "${CONTAINERD_SOCKET}.ttrpc"
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "${PAUSE_IMAGE}"
[plugins.'io.containerd.cri.v1.runtime']
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["/opt/cni/bin", "/usr/lib/cni"]
    conf_dir = "/etc/cni/net.d"
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = "runc"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        SystemdCgroup = false
        BinaryName = "/usr/sbin/runc"
`

/** A bridge for the pods of a node. Addresses are left as they are on the way, or policies could not tell pods apart. */
export const podNetwork = (number: number): object => ({
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        // In memory: after a restart no pod has an address.
        dataDir: '/run/cni',
        ranges: [[{ subnet: podRange(number) }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
})

export const kubeletConfig = (node: string): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: inside(`${PKI}/ca.crt`) },
  },
  authorization: { mode: 'Webhook' },
  containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
  tlsCertFile: inside(`${PKI}/${node}.crt`),
  tlsPrivateKeyFile: inside(`${PKI}/${node}.key`),
  clusterDNS: [DNS_SERVICE],
  clusterDomain: 'cluster.local',
  resolvConf: '/etc/myhotel/resolv.conf',
  volumePluginDir: '/var/lib/kubelet/plugins-exec',
  cgroupDriver: 'cgroupfs',
  cgroupRoot: cgroupOf(node),
  cgroupsPerQOS: true,
  enforceNodeAllocatable: [],
  failCgroupV1: false,
  failSwapOn: false,
  maxPods: 110,
  evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  imageGCHighThresholdPercent: 100,
  registerNode: true,
  shutdownGracePeriod: '0s',
})
