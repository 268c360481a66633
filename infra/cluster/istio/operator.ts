/** The release that the images are of, as their tag says. */
export const RELEASE = '1.31'

/** The namespace of the control plane. */
export const SYSTEM = 'istio-system'

/**
 * What istioctl is told to render. Redirection of traffic is set up by the plugin of the nodes' network, so that pods of
 * the mesh keep to Pod Security "restricted": no container of theirs needs NET_ADMIN.
 *
 * A plain Envoy takes the place of Istio's own build of it, which has some filters more: istiod is told not to send them.
 */
export const operator = {
  apiVersion: 'install.istio.io/v1alpha1',
  kind: 'IstioOperator',
  spec: {
    profile: 'minimal',
    hub: 'docker.io/istio',
    tag: RELEASE,
    components: { cni: { enabled: true } },
    meshConfig: {
      enablePrometheusMerge: false,
      defaultProviders: { metrics: [] },
      defaultConfig: { concurrency: 1 },
    },
    values: {
      global: {
        imagePullPolicy: 'IfNotPresent',
        proxy: { resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } } },
      },
      telemetry: { enabled: false },
      cni: {
        repair: { enabled: false },
        resources: { requests: { cpu: '10m', memory: '64Mi' } },
      },
      pilot: {
        autoscaleEnabled: false,
        resources: { requests: { cpu: '50m', memory: '256Mi' } },
        env: {
          PILOT_ENABLE_METADATA_EXCHANGE: 'false',
          PILOT_ENABLE_ALPN_FILTER: 'false',
          PILOT_ENABLE_TELEMETRY_LABEL: 'false',
        },
      },
    },
  },
} as const
