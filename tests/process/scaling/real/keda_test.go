// Runs histories through KEDA's own executor and fallback, on a clock of its own: what they are given, and what they do.
package histories

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kedacore/keda/v2/pkg/fallback"
	"github.com/kedacore/keda/v2/pkg/scaling/executor"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/record"
	"k8s.io/metrics/pkg/apis/external_metrics"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

type history struct {
	Spec        v1alpha1.ScaledObjectSpec `json:"spec"`
	Annotations map[string]string         `json:"annotations"`
	Steps       []step                    `json:"steps"`
}

type step struct {
	At       float64 `json:"at"`
	Replicas int32   `json:"replicas"`
	// A poll, whose triggers are active or failed; else the HPA asks for a metric.
	Poll   bool `json:"poll"`
	Active bool `json:"active"`
	Failed bool `json:"failed"`
	// The metric that the HPA asks for, what its source says, and what it aims at, in thousandths.
	Metric  string `json:"metric"`
	Amount  int64  `json:"amount"`
	Target  int64  `json:"target"`
	Average bool   `json:"average"`
}

type world struct {
	client.Client
	replicas int32
}

type statuses struct{ client.SubResourceWriter }

func (w *world) Status() client.SubResourceWriter { return statuses{} }

func (statuses) Patch(context.Context, client.Object, client.Patch, ...client.SubResourcePatchOption) error {
	return nil
}

func (w *world) Scales(string) scale.ScaleInterface { return scales{w} }

type scales struct{ world *world }

func (s scales) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	return &autoscalingv1.Scale{Spec: autoscalingv1.ScaleSpec{Replicas: s.world.replicas}}, nil
}

func (s scales) Update(_ context.Context, _ schema.GroupResource, to *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	s.world.replicas = to.Spec.Replicas
	return to, nil
}

func (s scales) Patch(context.Context, schema.GroupVersionResource, string, types.PatchType, []byte, metav1.PatchOptions) (*autoscalingv1.Scale, error) {
	return nil, errors.New("nobody patches")
}

// Through the API and back: it keeps whole seconds.
func stored(t *testing.T, object *v1alpha1.ScaledObject) *v1alpha1.ScaledObject {
	written, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	read := &v1alpha1.ScaledObject{}
	if err := json.Unmarshal(written, read); err != nil {
		t.Fatal(err)
	}
	return read
}

func told(w *world, object *v1alpha1.ScaledObject, of step) int64 {
	target := autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: resource.NewMilliQuantity(of.Target, resource.DecimalSI)}
	if of.Average {
		target = autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: resource.NewMilliQuantity(of.Target, resource.DecimalSI)}
	}
	spec := autoscalingv2.MetricSpec{External: &autoscalingv2.ExternalMetricSource{Metric: autoscalingv2.MetricIdentifier{Name: of.Metric}, Target: target}}
	var failure error
	metrics := []external_metrics.ExternalMetricValue{{MetricName: of.Metric, Value: *resource.NewMilliQuantity(of.Amount, resource.DecimalSI)}}
	if of.Failed {
		failure, metrics = errors.New("the source is away"), nil
	}
	found, _, err := fallback.GetMetricsWithFallback(context.Background(), w, w, metrics, failure, of.Metric, object, spec)
	if err != nil {
		return -1
	}
	return found[0].Value.MilliValue()
}

func run(t *testing.T, of history) []int64 {
	start := time.Now()
	w := &world{}
	object := &v1alpha1.ScaledObject{
		ObjectMeta: metav1.ObjectMeta{Name: "worker", Namespace: "histories", CreationTimestamp: metav1.NewTime(start), Annotations: of.Annotations},
		Spec:       of.Spec,
	}
	object.Status.Conditions = *v1alpha1.GetInitializedConditions()
	object.Status.ScaleTargetGVKR = &v1alpha1.GroupVersionKindResource{Group: "histories", Version: "v1", Kind: "Worker", Resource: "workers"}
	scaler := executor.NewScaleExecutor(w, w, runtime.NewScheme(), &record.FakeRecorder{})
	done := []int64{}
	for _, each := range of.Steps {
		time.Sleep(start.Add(time.Duration(each.At * float64(time.Second))).Sub(time.Now()))
		w.replicas = each.Replicas
		object = stored(t, object)
		if each.Poll {
			scaler.RequestScale(context.Background(), object, each.Active, each.Failed, &executor.ScaleExecutorOptions{})
			done = append(done, int64(w.replicas))
		} else {
			done = append(done, told(w, object, each))
		}
	}
	return done
}

func TestHistories(t *testing.T) {
	given, err := os.ReadFile(os.Getenv("HISTORIES"))
	if err != nil {
		t.Fatal(err)
	}
	var histories []history
	if err := json.Unmarshal(given, &histories); err != nil {
		t.Fatal(err)
	}
	done := make([][]int64, len(histories))
	for index, each := range histories {
		synctest.Test(t, func(t *testing.T) { done[index] = run(t, each) })
	}
	said, err := json.Marshal(done)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("SAID"), said, 0o600); err != nil {
		t.Fatal(err)
	}
}
