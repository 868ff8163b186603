// Runs histories through the HPA controller's own code, on a clock of its own: what it is given at each look, and the
// replicas that it sets. This file is compiled into a copy of the package pkg/controller/podautoscaler.
package podautoscaler

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	autoscalingclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	corelisters "k8s.io/client-go/listers/core/v1"
	scaleclient "k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/monitor"
	"k8s.io/kubernetes/pkg/controller/util/selectors"
)

const (
	namespace = "histories"
	name      = "worker"
)

type history struct {
	Spec       autoscalingv2.HorizontalPodAutoscalerSpec `json:"spec"`
	Tolerance  float64                                   `json:"tolerance"`
	DownWindow float64                                   `json:"down_window"`
	CPUInit    float64                                   `json:"cpu_initialization"`
	Readiness  float64                                   `json:"initial_readiness"`
	CPU        int64                                     `json:"cpu"`
	Memory     int64                                     `json:"memory"`
	Looks      []look                                    `json:"looks"`
}

type look struct {
	At       float64           `json:"at"`
	Replicas int32             `json:"replicas"`
	External map[string]*int64 `json:"external"`
	Pods     []pod             `json:"pods"`
	Metrics  bool              `json:"metrics"`
}

type pod struct {
	Scheduled float64 `json:"scheduled"`
	Running   float64 `json:"running"`
	Ready     float64 `json:"ready"`
	Leaving   bool    `json:"leaving"`
	Known     bool    `json:"known"`
	Sample    float64 `json:"sample"`
	Window    float64 `json:"window"`
	CPU       int64   `json:"cpu"`
	Memory    int64   `json:"memory"`
}

type world struct {
	now      look
	start    time.Time
	replicas int32
	pods     cache.Indexer
}

func (w *world) at(seconds float64) time.Time {
	return w.start.Add(time.Duration(seconds * float64(time.Second)))
}

func (w *world) Scales(string) scaleclient.ScaleInterface { return w }

func (w *world) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	made := int32(0)
	for _, each := range w.now.Pods {
		if !each.Leaving {
			made++
		}
	}
	return &autoscalingv1.Scale{
		Spec:   autoscalingv1.ScaleSpec{Replicas: w.replicas},
		Status: autoscalingv1.ScaleStatus{Replicas: made, Selector: "app=" + name},
	}, nil
}

func (w *world) Update(_ context.Context, _ schema.GroupResource, scale *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	w.replicas = scale.Spec.Replicas
	return scale, nil
}

func (w *world) Patch(context.Context, schema.GroupVersionResource, string, types.PatchType, []byte, metav1.PatchOptions) (*autoscalingv1.Scale, error) {
	return nil, errors.New("nobody patches")
}

func (w *world) GetResourceMetric(_ context.Context, resource v1.ResourceName, _ string, _ labels.Selector, _ string) (metricsclient.PodMetricsInfo, time.Time, error) {
	if !w.now.Metrics {
		return nil, time.Time{}, errors.New("metrics are away")
	}
	found := metricsclient.PodMetricsInfo{}
	for index, each := range w.now.Pods {
		if each.Known {
			value := each.CPU
			if resource == v1.ResourceMemory {
				value = each.Memory
			}
			found[podName(index)] = metricsclient.PodMetric{
				Timestamp: w.at(each.Sample), Window: time.Duration(each.Window * float64(time.Second)), Value: value,
			}
		}
	}
	return found, w.start, nil
}

func (w *world) GetRawMetric(string, string, labels.Selector, labels.Selector) (metricsclient.PodMetricsInfo, time.Time, error) {
	return nil, time.Time{}, errors.New("nobody asks for it")
}

func (w *world) GetObjectMetric(string, string, *autoscalingv2.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	return 0, time.Time{}, errors.New("nobody asks for it")
}

func (w *world) GetExternalMetric(metric string, _ string, _ labels.Selector) ([]int64, time.Time, error) {
	if value := w.now.External[metric]; value != nil {
		return []int64{*value}, w.start, nil
	}
	return nil, time.Time{}, errors.New("the source is away")
}

type statuses struct {
	autoscalingclient.HorizontalPodAutoscalerInterface
}

func (statuses) HorizontalPodAutoscalers(string) autoscalingclient.HorizontalPodAutoscalerInterface {
	return statuses{}
}

func (statuses) UpdateStatus(_ context.Context, hpa *autoscalingv2.HorizontalPodAutoscaler, _ metav1.UpdateOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	return hpa, nil
}

func podName(index int) string { return name + "-" + strconv.Itoa(index) }

func (w *world) fill(of history) {
	objects := []interface{}{}
	for index, each := range w.now.Pods {
		made := &v1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: podName(index), Namespace: namespace, Labels: map[string]string{"app": name}},
			Spec: v1.PodSpec{Containers: []v1.Container{{Name: name, Resources: v1.ResourceRequirements{Requests: v1.ResourceList{
				v1.ResourceCPU:    *resource.NewMilliQuantity(of.CPU, resource.DecimalSI),
				v1.ResourceMemory: *resource.NewQuantity(of.Memory, resource.BinarySI),
			}}}}},
			Status: v1.PodStatus{Phase: v1.PodPending},
		}
		if each.Leaving {
			leaves := metav1.NewTime(w.at(w.now.At))
			made.DeletionTimestamp = &leaves
		}
		if each.Scheduled <= w.now.At {
			began := metav1.NewTime(w.at(each.Scheduled))
			made.Status.StartTime = &began
		}
		if each.Running <= w.now.At {
			made.Status.Phase = v1.PodRunning
		}
		ready := v1.PodCondition{Type: v1.PodReady, Status: v1.ConditionFalse, LastTransitionTime: metav1.NewTime(w.at(each.Scheduled))}
		if each.Ready <= w.now.At {
			ready.Status, ready.LastTransitionTime = v1.ConditionTrue, metav1.NewTime(w.at(each.Ready))
		}
		made.Status.Conditions = []v1.PodCondition{ready}
		objects = append(objects, made)
	}
	if err := w.pods.Replace(objects, ""); err != nil {
		panic(err)
	}
}

func run(t *testing.T, of history) []int32 {
	w := &world{start: time.Now(), pods: cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})}
	mapper := apimeta.NewDefaultRESTMapper([]schema.GroupVersion{{Group: "apps", Version: "v1"}})
	mapper.Add(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}, apimeta.RESTScopeNamespace)
	lister := corelisters.NewPodLister(w.pods)
	seconds := func(given float64) time.Duration { return time.Duration(given * float64(time.Second)) }
	controller := &HorizontalController{
		scaleNamespacer:              w,
		hpaNamespacer:                statuses{},
		mapper:                       mapper,
		tolerance:                    of.Tolerance,
		replicaCalc:                  NewReplicaCalculator(w, lister, seconds(of.CPUInit), seconds(of.Readiness)),
		eventRecorder:                &record.FakeRecorder{},
		downscaleStabilisationWindow: seconds(of.DownWindow),
		monitor:                      monitor.New(),
		podLister:                    lister,
		recommendations:              map[string][]timestampedRecommendation{},
		scaleUpEvents:                map[string][]timestampedScaleEvent{},
		scaleDownEvents:              map[string][]timestampedScaleEvent{},
		hpaSelectors:                 selectors.NewBiMultimap(),
	}
	hpa := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Spec: of.Spec}
	set := []int32{}
	for _, each := range of.Looks {
		time.Sleep(w.at(each.At).Sub(time.Now()))
		w.now, w.replicas = each, each.Replicas
		w.fill(of)
		// A look fails where metrics do, and for no other reason.
		err := controller.reconcileAutoscaler(context.Background(), hpa, namespace+"/"+name)
		if err != nil && !strings.Contains(err.Error(), "invalid metrics (") {
			t.Fatal(err)
		}
		set = append(set, w.replicas)
	}
	return set
}

func TestHistories(t *testing.T) {
	if err := utilfeature.DefaultMutableFeatureGate.SetFromMap(map[string]bool{"HPAConfigurableTolerance": true}); err != nil {
		t.Fatal(err)
	}
	given, err := os.ReadFile(os.Getenv("HISTORIES"))
	if err != nil {
		t.Fatal(err)
	}
	var histories []history
	if err := json.Unmarshal(given, &histories); err != nil {
		t.Fatal(err)
	}
	sets := make([][]int32, len(histories))
	for index, each := range histories {
		synctest.Test(t, func(t *testing.T) { sets[index] = run(t, each) })
	}
	said, err := json.Marshal(sets)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("SAID"), said, 0o600); err != nil {
		t.Fatal(err)
	}
}
