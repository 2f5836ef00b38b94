/** Where metrics-server is registered, and how it was asked. */
export const METRICS_API = {
  object: { kind: 'APIService', name: 'v1beta1.metrics.k8s.io' },
  source: 'GET /apis/metrics.k8s.io/v1beta1',
};
